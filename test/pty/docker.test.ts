/** The screen on a real engine: containers come and go, are wired, captured and attached, and the engine itself restarts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Container, type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { waitFor } from '../helpers/wait-for.ts';
import {
  choose,
  expectRestored,
  hostLinkOf,
  openNetpeek,
  packetCount,
  processesLike,
  waitUntilGone,
} from './netpeek.ts';

let lab: Lab;
let docker: Docker;
let terminal: Terminal;
let web: Container;
let db: Container;

beforeAll(async () => {
  lab = await createLab();
  docker = await startDocker(lab, { version: '20.10' });
  await docker.importBusybox();
  await docker.cli(['network', 'create', '-o', 'com.docker.network.bridge.name=br-back', 'back']);
  web = await docker.runContainer({ name: 'web', args: ['-p', '8080:80'], command: ['httpd', '-f'] });
  db = await docker.runContainer({ name: 'db', network: 'back' });
  terminal = await openNetpeek(lab, []);
  await terminal.waitFor('● web');
});
afterAll(async () => {
  await terminal.dispose();
  await lab.dispose();
});

const addressOf = async (name: string): Promise<string> =>
  (
    await docker.cli(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name])
  ).trim();

test('names the engine, each container with its address, and the veth and the bridge of each', async () => {
  const screen = await terminal.waitFor('Docker 20.10');
  expect(screen).toContain('● db');
  for (const [container, bridge] of [
    [web, 'docker0'],
    [db, 'br-back'],
  ] as const) {
    await choose(terminal, container.name);
    await terminal.waitFor(`⇄ ${await hostLinkOf(lab, container)} → ${bridge}`);
    await terminal.waitFor(new RegExp(`● ${container.name} +${await addressOf(container.name)} `));
  }
});

test('shows a container that starts, dims it when it stops, and drops it when it is removed', async () => {
  await docker.runContainer({ name: 'late', network: 'back' });
  await terminal.waitFor(/● late +172\./);
  await docker.cli(['stop', 'late']);
  await terminal.waitFor(/◌ late +exited/);
  await docker.cli(['rm', 'late']);
  await waitUntilGone(terminal, 'late');
});

test('says in a sentence where a published port goes, and a container’s questions', async () => {
  await choose(terminal, 'host');
  await terminal.press('4');
  await terminal.waitFor(new RegExp(`published 8080/tcp → web ${await addressOf('web')}:80`));
  await terminal.waitFor(/172\.18\.0\.0\/16 leaving by anything/);
  await choose(terminal, 'db');
  await terminal.press('4');
  await terminal.waitFor(/DNS queries \(tcp\) to 127\.0\.0\.11:53/);
  await terminal.press('1');
});

test('proposes a published port to a diagnosis, by the name of its container', async () => {
  await choose(terminal, 'db');
  await terminal.press('d');
  await terminal.waitFor(/web, published port 80 +\S+:8080/);
  await terminal.press('Escape');
  await waitUntilGone(terminal, 'to where?');
});

test('shows a ping between containers in the capture of one, and what the other sends', async () => {
  const peer = await docker.runContainer({ name: 'peer', network: 'back' });
  await choose(terminal, 'db');
  await terminal.press('C', 'C-u');
  await terminal.type('icmp');
  await terminal.press('Enter');
  await terminal.waitFor('waiting for packets');
  const [from, to] = [await addressOf('peer'), await addressOf('db')];
  await lab.ok(['nsenter', '-t', `${peer.pid}`, '-n', 'ping', '-c2', '-i0.2', to]);
  const screen = await terminal.waitFor(`${from} > ${to}: ICMP echo request`);
  expect(screen).toContain('capture db · icmp');
  await waitFor('both pings and their answers', async () => packetCount(await terminal.screen()) === 4);
});

test('ends a capture with its container, and says so', async () => {
  await docker.cli(['stop', 'db']);
  const screen = await terminal.waitFor('the capture ended: db is gone');
  expect(screen).toMatch(/capture db · icmp .* 4 packets .*ended/);
  expect(screen).toContain('ICMP echo reply');
  await waitFor('tcpdump to end', async () => (await processesLike(lab, /^tcpdump/)).length === 0);
  await terminal.press('Escape');
  await docker.cli(['start', 'db']);
  await terminal.waitFor(/● db +172\./);
});

test('attaches the chosen container so that ip netns can enter it, and detaches it again', async () => {
  await choose(terminal, 'web');
  await terminal.press('a');
  await terminal.waitFor('attached: ip netns exec web ip addr');
  expect(await lab.ok(['ip', 'netns', 'exec', 'web', 'ip', 'addr'])).toContain(await addressOf('web'));
  await terminal.waitFor(/→ docker0 +attached/);
  await terminal.press('a');
  await terminal.waitFor('detached web');
  expect(await lab.ok(['ip', 'netns', 'list'])).toBe('');
});

test('keeps the namespaces while the engine is away, and has its containers back with it', async () => {
  await docker.stop();
  await terminal.waitFor('no engine');
  const screen = await terminal.waitFor(/1 gap[\s\S]*engine not reachable: /);
  expect(screen).toContain('◆ host');
  await docker.start();
  await terminal.waitFor('the engine is back');
  await docker.cli(['start', 'web', 'db']);
  await terminal.waitFor('Docker 20.10');
  await terminal.waitFor(/● web +172\./);
  await terminal.waitFor(/● db +172\./);
});

test('with --attach every container is attached while netpeek runs, those that start later too', async () => {
  const attaching = await openNetpeek(lab, ['--attach']);
  const names = async () => (await lab.ok(['ip', 'netns', 'list'])).match(/^\S+/gm) ?? [];
  const wait = (count: number) =>
    waitFor(`${count} attached`, async () => (await names()).length === count && (await names()));
  expect((await wait(2)).sort()).toEqual(['db', 'web']);
  await docker.runContainer({ name: 'more', network: 'none' });
  expect(await wait(3)).toContain('more');
  await docker.cli(['rm', '-f', 'more']);
  await wait(2);
  await attaching.press('q');
  expect(await attaching.waitForExit()).toBe(0);
  expect(await names()).toEqual([]);
  await attaching.dispose();
});

test('what --attach left behind after kill -9 is taken away by the next netpeek', async () => {
  const killed = await openNetpeek(lab, ['--attach']);
  await waitFor('web to be attached', async () => (await lab.ok(['ip', 'netns', 'list'])).includes('web'));
  process.kill(await killed.pid(), 'SIGKILL');
  await killed.waitForExit();
  expect(await lab.ok(['ip', 'netns', 'list'])).toContain('web');
  const next = await openNetpeek(lab, []);
  await waitFor('the names to go', async () => (await lab.ok(['ip', 'netns', 'list'])) === '');
  await next.dispose();
  await killed.dispose();
});

test('q leaves the terminal as it was, and neither mounts nor notes', async () => {
  await terminal.press('q');
  expect(await terminal.waitForExit()).toBe(0);
  await expectRestored(terminal);
  expect((await lab.run(['ls', '/run/netpeek'])).exitCode).not.toBe(0);
  expect(await lab.ok(['cat', '/proc/self/mountinfo'])).not.toContain('/run/netns');
});
