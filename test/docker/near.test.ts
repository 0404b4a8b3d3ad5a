/** `veth` with words beside an engine: what it says is what a look at everything says, and it enters no other container. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, type Docker, startDocker } from '../helpers/docker.ts';
import type { VethDocument } from '../helpers/documents.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

let lab: Lab;
let docker: Docker;
let web: Container;
let hostLink: string;
let file: string;
beforeAll(async () => {
  lab = await createLab();
  docker = await startDocker(lab, { version: '20.10' });
  await docker.importBusybox();
  const label = (key: string, value: string) => ['--label', `com.docker.compose.${key}=${value}`];
  web = await docker.runContainer({
    name: 'web',
    args: [...label('project', 'mall'), ...label('service', 'shop')],
  });
  await docker.runContainer({ name: 'db' });
  await docker.runContainer({ name: 'cache' });
  await docker.runContainer({ name: 'sidecar', network: 'container:db' });
  await docker.runContainer({ name: 'asHost', network: 'host' });
  await docker.runContainer({ name: 'blue' });
  await docker.runContainer({ name: 'old' });
  await docker.cli(['stop', '-t', '0', 'old']);
  await lab.ok(`
    for name in blue red; do
      ip netns add $name
      ip link add to-$name type veth peer name eth0 netns $name
    done
    touch /run/netns/of-web
    mount --bind /proc/${web.pid}/ns/net /run/netns/of-web`);
  const { veths } = await lab.netpeekJson<VethDocument>(['veth']);
  hostLink = veths.find(({ container }) => container === 'web')?.hostLink ?? '';
  file = `${lab.directory}/everything.json`;
  expect(await lab.netpeek(['snapshot', '-o', file])).toMatchObject({ exitCode: 0 });
});
afterAll(() => lab.dispose());

const ask = async (...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = withoutStack(await lab.netpeek(args));
  return { stdout: stdout.replace(/"takenAt":"[^"]*"/, ''), stderr, exitCode };
};

describe('what veth says of', () => {
  test.each([
    ['a container', () => 'web'],
    ['the beginning of its id', () => web.id.slice(0, 12)],
    ['its compose service', () => 'shop'],
    ['its host link', () => hostLink],
    ['a name of ip netns for it', () => 'of-web'],
    ['a container whose namespace another one shares', () => 'db'],
    ['the one that shares it', () => 'sidecar'],
    ['one in the host’s own namespace', () => 'asHost'],
    ['one that is stopped', () => 'old'],
    ['a name of ip netns', () => 'red'],
    ['its host link, which is no container’s', () => 'to-red'],
    ['a name that is a container and a name of ip netns', () => 'blue'],
    ['a bridge of the engine', () => 'docker0'],
  ])('%s is what a look at everything says', async (_, word) => {
    for (const form of [['--json'], []]) {
      const everything = await ask('--snapshot', file, 'veth', word(), ...form);
      expect(await ask('veth', word(), ...form)).toEqual(everything);
    }
  });
});

test.each([
  ['a container', () => 'web'],
  ['its host link', () => hostLink],
  ['a name of ip netns for it', () => 'of-web'],
])('veth enters for %s the container alone, and the host', async (_, word) => {
  const recording = `${lab.directory}/recording.json`;
  await lab.netpeek(['--record', recording, 'veth', word()]);
  const { sockets } = JSON.parse(readFileSync(recording, 'utf8')) as { sockets: object };
  const wanted = ['/proc/self/ns/net', `/proc/${web.pid}/ns/net`];
  const inodes = (await lab.ok(['stat', '-Lc', '%i', ...wanted])).trim().split('\n');
  expect(new Set(Object.keys(sockets))).toEqual(new Set(inodes.map((inode) => `${inode} route`)));
});
