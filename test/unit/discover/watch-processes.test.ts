import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchProcesses } from '../../../src/discover/watch-processes.ts';
import type { Files } from '../../../src/system/system.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A /proc whose processes and their namespaces the test changes. */
function proc(namespaces: Map<string, string>) {
  let readings = 0;
  const files = {
    list: () => ['self', ...namespaces.keys()],
    readLink: (path: string) => {
      readings += 1;
      return namespaces.get(path.split('/')[2] ?? '') ?? 'gone';
    },
  } as unknown as Files;
  return { files, readings: () => readings };
}

test('a namespace of a new process is noticed, also when it is made after the start', async () => {
  const namespaces = new Map([['1', 'net:[1]']]);
  const { files } = proc(namespaces);
  const ending = new AbortController();
  const found = vi.fn();
  const watching = watchProcesses(files, found, ending.signal);
  namespaces.set('50', 'net:[1]');
  await vi.advanceTimersByTimeAsync(300);
  expect(found).not.toHaveBeenCalled();
  namespaces.set('50', 'net:[2]');
  await vi.advanceTimersByTimeAsync(300);
  expect(found).toHaveBeenCalledTimes(1);
  ending.abort();
  await watching;
});

test('processes that have been there for a while are not read again', async () => {
  const { files, readings } = proc(
    new Map(Array.from({ length: 100 }, (_, pid) => [`${pid + 1}`, 'net:[1]'])),
  );
  const ending = new AbortController();
  const watching = watchProcesses(files, () => undefined, ending.signal);
  await vi.advanceTimersByTimeAsync(2_000);
  const settled = readings();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readings()).toBe(settled);
  ending.abort();
  await watching;
});
