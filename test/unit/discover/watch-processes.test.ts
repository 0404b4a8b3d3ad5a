import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchProcesses } from '../../../src/discover/watch-processes.ts';
import { type Files, SystemError } from '../../../src/system/system.ts';

/** A machine whose processes, their namespaces and number of uevents the test changes. */
function machine(count: number) {
  const namespaces = new Map(Array.from({ length: count }, (_, pid) => [`${pid + 1}`, 'net:[1]']));
  let uevents: number | undefined = 7;
  let readings = 0;
  const files = {
    list: () => ['self', ...namespaces.keys()],
    readText: (path: string) => {
      if (uevents === undefined) throw new SystemError('ENOENT', `read ${path}`);
      return `${uevents}\n`;
    },
    readLink: (path: string) => {
      readings += 1;
      return namespaces.get(path.split('/')[2] ?? '') ?? 'gone';
    },
  } as unknown as Files;
  return {
    files,
    namespaces,
    readings: () => readings,
    tellUevent: () => {
      uevents = (uevents ?? 0) + 1;
    },
    withoutSysfs: () => {
      uevents = undefined;
    },
  };
}

const ending = { current: new AbortController() };
let found = vi.fn();
let watching: Promise<void> | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  ending.current = new AbortController();
  found = vi.fn();
});
afterEach(async () => {
  ending.current.abort();
  await watching;
  vi.useRealTimers();
});
const start = (files: Files) => {
  watching = watchProcesses(files, found, ending.current.signal);
};
const nextLook = () => vi.advanceTimersByTimeAsync(250);
const MINUTE_MS = 60_000;

describe('a namespace is noticed', () => {
  test('within a second when a new process enters it after its start', async () => {
    const { files, namespaces } = machine(5_000);
    start(files);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    namespaces.set('6000', 'net:[1]');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(found).not.toHaveBeenCalled();
    namespaces.set('6000', 'net:[2]');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(found).toHaveBeenCalledTimes(1);
  });

  test('at the next look when an old process, one of thousands, makes it', async () => {
    const { files, namespaces, tellUevent } = machine(5_000);
    start(files);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    namespaces.set('4000', 'net:[2]');
    tellUevent();
    await nextLook();
    expect(found).toHaveBeenCalledTimes(1);
  });

  test('when the kernel counts it before its process is in it', async () => {
    const { files, namespaces, tellUevent } = machine(5_000);
    start(files);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    tellUevent();
    await nextLook();
    namespaces.set('4000', 'net:[2]');
    await nextLook();
    expect(found).toHaveBeenCalledTimes(1);
  });

  test('when it was given the inode of one that ended', async () => {
    const { files, namespaces, tellUevent } = machine(3);
    namespaces.set('50', 'net:[2]');
    start(files);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    namespaces.delete('50');
    namespaces.set('3', 'net:[2]');
    tellUevent();
    await nextLook();
    expect(found).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['an old process enters it, of which nothing tells', false, 8_000],
    ['there is no sysfs', true, 2_000],
  ])('in its turn when %s', async (_, isWithout, turnMs) => {
    const { files, namespaces, withoutSysfs } = machine(1_000);
    if (isWithout) withoutSysfs();
    start(files);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    namespaces.set('150', 'net:[2]');
    await vi.advanceTimersByTimeAsync(turnMs);
    expect(found).toHaveBeenCalledTimes(1);
  });
});

test('while nothing happens only a few of many processes are read', async () => {
  const { files, readings } = machine(5_000);
  start(files);
  await vi.advanceTimersByTimeAsync(2_000);
  const settled = readings();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(readings() - settled).toBe((MINUTE_MS / 1_000) * 128);
});
