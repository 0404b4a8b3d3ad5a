/** The screen on Docker 28, which gives every container's eth0 the same ifindex and hides its mounts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Container, type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { choose, expectRestored, hostLinkOf, openNetpeek, waitUntilGone } from './netpeek.ts';

let lab: Lab;
let docker: Docker;
let terminal: Terminal;
const containers: Container[] = [];

beforeAll(async () => {
  lab = await createLab();
  docker = await startDocker(lab, { version: '28' });
  await docker.importBusybox();
  for (const name of ['web', 'db', 'log']) containers.push(await docker.runContainer({ name }));
  terminal = await openNetpeek(lab, []);
  await terminal.waitFor('● web');
});
afterAll(async () => {
  await terminal.dispose();
  await lab.dispose();
});

test('names the engine, and of containers with equal ifindexes the veth of each', async () => {
  await terminal.waitFor('Docker 28');
  const hostLinks = await Promise.all(containers.map((container) => hostLinkOf(lab, container)));
  expect(new Set(hostLinks).size).toBe(3);
  for (const [index, { name }] of containers.entries()) {
    await choose(terminal, name);
    await terminal.waitFor(`⇄ ${hostLinks[index]} → docker0`);
  }
});

test('shows a container that starts, dims it when it stops, and drops it when it is removed', async () => {
  await docker.runContainer({ name: 'late' });
  await terminal.waitFor(/● late +172\./);
  await docker.cli(['stop', 'late']);
  await terminal.waitFor(/◌ late +exited/);
  await docker.cli(['rm', 'late']);
  await waitUntilGone(terminal, 'late');
});

test('has its containers back when the engine is', async () => {
  await docker.stop();
  await terminal.waitFor('no engine');
  await docker.start();
  await docker.cli(['start', 'web']);
  await terminal.waitFor(/● web +172\./);
  await terminal.press('q');
  expect(await terminal.waitForExit()).toBe(0);
  await expectRestored(terminal);
});
