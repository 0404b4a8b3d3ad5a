/** Names as an engine's containers resolve them, and faults that keep them from it, told by diagnose. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { type Container, type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { startNameServer } from '../helpers/name-server.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const INTERNET = '203.0.113.10';
const uplink = `
  ip netns add outside
  ip link add uplink type veth peer name eth0 netns outside
  ip addr add 192.0.2.2/24 dev uplink
  ip link set uplink up
  ip -n outside addr add 192.0.2.1/24 dev eth0
  ip -n outside addr add ${INTERNET}/32 dev lo
  ip -n outside link set eth0 up
  ip -n outside link set lo up
  ip route add default via 192.0.2.1`;

describe.each(['20.10', '28'] as const)('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;
  const containers = new Map<string, Container>();
  let mend: string | undefined;

  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(uplink);
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    await docker.cli([
      'network',
      'create',
      '--subnet',
      '172.30.0.0/16',
      '-o',
      'com.docker.network.bridge.name=br-back',
      'back',
    ]);
    await docker.cli(['network', 'create', 'other']);
    await docker.cli(['network', 'create', '--internal', 'inside']);
    const run = async (name: string, network: string, ...args: readonly string[]) =>
      containers.set(name, await docker.runContainer({ name, network, args }));
    const asks = ['--dns', INTERNET];
    await run('web', 'back', ...asks);
    await run('db', 'back', ...asks, '--network-alias', 'store');
    await run('far', 'other', ...asks);
    await run('plain1', 'bridge', ...asks);
    await run('plain2', 'bridge', ...asks);
    await run('inner', 'inside', ...asks);
    await run('onhost', 'back', '--dns', '172.30.0.1');
    await run('plainhost', 'bridge', '--dns', '172.17.0.1');
    await startNameServer(lab, {
      namespace: 'outside',
      address: INTERNET,
      zone: { 'www.example.com': INTERNET },
    });
  });
  afterAll(() => lab.dispose());
  afterEach(async () => {
    if (mend !== undefined) await lab.ok(mend);
    mend = undefined;
  });

  const diagnose = async (from: string, to: string, ...more: readonly string[]) => {
    const finished = withoutStack(await lab.netpeek(['diagnose', from, to, '--json', ...more]));
    return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
  };
  const addressOf = async (name: string) =>
    (
      await docker.cli(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name])
    ).trim();
  const causesOf = async (from: string, to: string, ...more: readonly string[]) => {
    const { diagnosis, stdout, exitCode } = await diagnose(from, to, ...more);
    expect({ verdict: diagnosis.verdict, exitCode }, stdout).toEqual({ verdict: 'broken', exitCode: 1 });
    return diagnosis.causes.map(({ id }) => id);
  };
  const isResolved = async (from: string, name: string) =>
    (await docker.tryCli(['exec', from, 'nslookup', '-type=a', name])).exitCode === 0;

  test.each([
    ['db.', 'the name of a container'],
    ['store', 'an alias'],
    ['db.back', 'a name with its network'],
  ])('%s is resolved on a network of its own, live and by what the engine says: %s', async (name) => {
    const address = await addressOf('db');
    const live = await diagnose('web', name);
    expect(live.diagnosis.name, live.stdout).toMatchObject({ addresses: [address], source: 'server' });
    expect(live.diagnosis).toMatchObject({ verdict: 'works', causes: [] });
    const read = await diagnose('web', name, '--no-live');
    expect(read.diagnosis.name).toEqual({ name, addresses: [address], source: 'engine', asked: [] });
    expect(read.diagnosis.verdict).toBe('works');
  });

  test('names of the outside are resolved through the embedded server, and without it', async () => {
    for (const from of ['web', 'plain1'])
      expect((await diagnose(from, 'www.example.com')).diagnosis).toMatchObject({
        verdict: 'works',
        flow: { destination: INTERNET },
      });
  });

  test('dns-no-shared-network: on the default bridge, and on two networks', async () => {
    for (const [from, to] of [
      ['plain1', 'plain2.'],
      ['web', 'far.'],
    ] as const) {
      expect(await isResolved(from, to.slice(0, -1))).toBe(false);
      expect(await causesOf(from, to)).toEqual(['dns-no-shared-network']);
      expect(await causesOf(from, to, '--no-live')).toEqual(['dns-no-shared-network']);
    }
  });

  test('dns-name-unknown: no container and nobody outside has the name', async () => {
    expect(await causesOf('web', 'nobody')).toEqual(['dns-name-unknown']);
  });

  test('dns-internal-network: names of the outside from an internal network', async () => {
    expect(await causesOf('inner', 'www.example.com')).toEqual(['dns-internal-network']);
  });

  test('dns-gateway-input-drop: a resolver on a bridge address', async () => {
    for (const address of ['172.30.0.1', '172.17.0.1'])
      await startNameServer(lab, { address, zone: { 'www.example.com': INTERNET } });
    for (const from of ['onhost', 'plainhost'])
      expect((await diagnose(from, 'www.example.com')).diagnosis.verdict).toBe('works');
    await lab.ok('iptables -I INPUT ! -i lo -p udp --dport 53 -j DROP');
    mend = 'iptables -D INPUT 1';
    for (const from of ['onhost', 'plainhost']) {
      expect(await causesOf(from, 'www.example.com')).toEqual(['dns-gateway-input-drop']);
      expect(await causesOf(from, 'www.example.com', '--no-live')).toEqual(['dns-gateway-input-drop']);
    }
  });

  test('dns-upstream-unreachable: questions to the outside are dropped', async () => {
    await lab.ok('iptables -I DOCKER-USER -p udp --dport 53 -j DROP');
    mend = 'iptables -D DOCKER-USER 1';
    expect(await causesOf('plain1', 'www.example.com')).toEqual(['dns-upstream-unreachable']);
    expect(await causesOf('web', 'www.example.com')).toEqual(['dns-upstream-unreachable']);
    expect(await causesOf('web', 'www.example.com', '--no-live')).toEqual(['dns-upstream-unreachable']);
    expect((await diagnose('web', 'db.')).diagnosis.verdict).toBe('works');
  });

  test('dns-embedded-nat-missing: the rules of the namespace are flushed', async () => {
    const { pid } = containers.get('web') ?? { pid: 0 };
    const inside = ['nsenter', '-t', `${pid}`, '-n'];
    await lab.ok([...inside, 'iptables', '-t', 'nat', '-F']);
    await lab.ok([...inside, 'iptables-legacy', '-t', 'nat', '-F']);
    expect(await isResolved('web', 'db')).toBe(false);
    expect(await causesOf('web', 'db.')).toEqual(['dns-embedded-nat-missing']);
    expect(await causesOf('web', 'www.example.com', '--no-live')).toEqual(['dns-embedded-nat-missing']);
  });
});
