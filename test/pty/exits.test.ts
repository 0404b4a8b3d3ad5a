/** However netpeek ends, the terminal is as it was and nothing of netpeek runs on; after `kill -9` the next one sweeps. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { choose, expectRestored, openNetpeek, processesLike } from './netpeek.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok('ip netns add blue; ip -n blue link set lo up');
});
afterAll(() => lab.dispose());

/** netpeek in the middle of its work: a capture runs. */
async function openCapturing(env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
  const terminal = await openNetpeek(lab, [], { env });
  await terminal.waitFor('○ blue');
  await choose(terminal, 'blue');
  await terminal.press('c');
  await terminal.waitFor('waiting for packets');
  return terminal;
}

const tcpdumps = () => processesLike(lab, /^tcpdump/);

async function expectNothingLeft(terminal: Terminal): Promise<void> {
  await expectRestored(terminal);
  expect(await tcpdumps()).toEqual([]);
  expect(await processesLike(lab, /main\.js/)).toEqual([]);
}

describe('netpeek with a capture ends in order', () => {
  test.each([
    ['q', ['q']],
    ['Ctrl-C', ['C-c']],
    ['Ctrl-C while something is typed', ['/', 'a', 'C-c']],
    ['q after Esc closed the help', ['?', 'Escape', 'q']],
  ])('with %s', async (_, keys) => {
    const terminal = await openCapturing();
    await terminal.press(...keys);
    expect(await terminal.waitForExit()).toBe(0);
    await expectNothingLeft(terminal);
    await terminal.dispose();
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('on %s', async (signal) => {
    const terminal = await openCapturing();
    process.kill(await terminal.pid(), signal);
    await terminal.waitForExit();
    await expectNothingLeft(terminal);
    await terminal.dispose();
  });

  test('when its terminal is closed', async () => {
    const terminal = await openCapturing();
    await terminal.dispose();
    await waitFor('netpeek and its capture to end', async () => {
      return (await processesLike(lab, /main\.js|^tcpdump/)).length === 0;
    });
  });

  test('before it has drawn anything', async () => {
    const terminal = await openNetpeek(lab, []);
    await terminal.pid();
    await terminal.press('C-c');
    await terminal.waitForExit();
    await expectNothingLeft(terminal);
    await terminal.dispose();
  });
});

/** A fault of our own, put into one of netpeek's threads from outside: it throws when the file `name` appears. */
function breakage(name: string, thread: 'main' | 'worker'): Readonly<Record<string, string>> {
  const file = `${lab.directory}/${name}.mjs`;
  writeFileSync(
    file,
    `import { watch } from 'node:fs';
     import { isMainThread } from 'node:worker_threads';
     const broken = (_, file) => { if (file === '${name}') throw new Error('broken on purpose'); };
     if (isMainThread === ${thread === 'main'}) watch('${lab.directory}', broken).unref();`,
  );
  return { NODE_OPTIONS: `--import=${file}` };
}

describe('a fault in netpeek', () => {
  test.each(['main', 'worker'] as const)('in its %s thread is told on a usable terminal', async (thread) => {
    const name = `break-${thread}`;
    const terminal = await openCapturing(breakage(name, thread));
    await lab.ok(['touch', `${lab.directory}/${name}`]);
    expect(await terminal.waitForExit()).not.toBe(0);
    expect(await terminal.screen()).toContain('broken on purpose');
    await expectNothingLeft(terminal);
    await terminal.dispose();
  });
});

test('what kill -9 left running is ended by the next netpeek', async () => {
  const terminal = await openCapturing();
  process.kill(await terminal.pid(), 'SIGKILL');
  expect(await terminal.waitForExit()).toBe(137);
  expect(await tcpdumps()).not.toEqual([]);
  const next = await openNetpeek(lab, []);
  await next.waitFor('○ blue');
  await waitFor('the capture to be swept', async () => (await tcpdumps()).length === 0);
  await next.press('q');
  expect(await next.waitForExit()).toBe(0);
  await next.dispose();
  await terminal.dispose();
});
