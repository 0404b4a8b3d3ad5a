/** netpeek where one end of it, or both, is no terminal. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { openTerminal, type Terminal } from '../helpers/terminal.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok('ip netns add blue; ip link add to-blue type veth peer name eth0 netns blue');
});
afterAll(() => lab.dispose());

async function inTerminal(script: string): Promise<{ readonly screen: string; readonly exitCode: number }> {
  const terminal: Terminal = await openTerminal({
    host: lab,
    argv: ['bash', '-c', `set -o pipefail; ${script}`],
  });
  const exitCode = await terminal.waitForExit();
  const screen = await terminal.screen();
  await terminal.dispose();
  return { screen, exitCode };
}

test('prints what ls prints when its output goes into a pipe', async () => {
  const piped = await inTerminal(`${node} ${program} | cat`);
  expect(piped.exitCode).toBe(0);
  expect(piped.screen).toMatch(/blue +eth0 +/);
  const { stdout } = await lab.netpeek([]);
  expect(stdout).toBe((await lab.netpeek(['ls'])).stdout);
});

test('says that the keyboard is no terminal, and what needs none', async () => {
  const { screen, exitCode } = await inTerminal(`${node} ${program} </dev/null`);
  expect(exitCode).toBe(2);
  expect(screen.replaceAll('\n', '')).toContain(
    "netpeek: the keyboard is not a terminal: 'netpeek ls' needs none",
  );
});

test('ends quietly when the reader has seen enough', async () => {
  const { screen, exitCode } = await inTerminal(`${node} ${program} ls | head -1`);
  expect(exitCode).toBe(0);
  expect(screen).not.toContain('EPIPE');
});
