/** Ends that are neither success nor failure of netpeek: a full disk, a program that a signal ended. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok('ip netns add blue; ip link add va type veth peer name vb netns blue');
});
afterAll(() => lab.dispose());

test('an answer that cannot be written is an error', async () => {
  const { exitCode, stderr } = await lab.run(['sh', '-c', `${node} ${program} ls > /dev/full`]);
  expect(stderr).toContain('netpeek: cannot write the answer: ENOSPC');
  expect(exitCode).toBe(5);
});

test('exec reports the signal that ended the program as shells do', async () => {
  const { exitCode } = await lab.netpeek(['exec', 'blue', '--', 'sh', '-c', 'kill -9 $$']);
  expect(exitCode).toBe(137);
});

test('what follows -- is an argument where no program is to be run', async () => {
  const { stdout } = await lab.netpeek(['veth', '--json', '--', 'va']);
  expect(JSON.parse(stdout).veths).toMatchObject([{ hostLink: 'va' }]);
});
