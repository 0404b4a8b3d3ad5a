import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRunner } from '../../../src/session/runner.ts';

const GATHER_MS = 40;

/** A task that runs until it is told to end, and counts its runs. */
function task() {
  const ends: (() => void)[] = [];
  const state = { started: 0, atOnce: 0, mostAtOnce: 0 };
  const run = async () => {
    state.started += 1;
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    await new Promise<void>((resolve) => ends.push(resolve));
    state.atOnce -= 1;
  };
  return { run, state, end: () => ends.shift()?.() };
}

describe('a runner', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gathers requests into one run', async () => {
    const { run, state } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
    runner.request();
    expect(state.started).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.started).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.started).toBe(1);
  });

  test('is not put off for ever by requests that do not cease', async () => {
    const { run, state } = task();
    const runner = createRunner(run, GATHER_MS);
    for (let ms = 0; ms < GATHER_MS; ms += 10) {
      runner.request();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(state.started).toBe(1);
  });

  test('runs once more, after the end, for any number of requests while it was busy', async () => {
    const { run, state, end } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    for (let count = 0; count < 5; count += 1) {
      runner.request();
      await vi.advanceTimersByTimeAsync(GATHER_MS);
    }
    expect(state.started).toBe(1);
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state.started).toBe(2);
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state).toMatchObject({ started: 2, mostAtOnce: 1 });
  });

  test('leaves as much rest as the last run took', async () => {
    const { run, state, end } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS + 500);
    runner.request();
    end();
    await vi.advanceTimersByTimeAsync(499);
    expect(state.started).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.started).toBe(2);
  });

  test('runs again for a request that comes after it is done', async () => {
    const { run, state, end } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    end();
    await vi.advanceTimersByTimeAsync(1);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    expect(state.started).toBe(2);
  });

  test('closed before it began never runs', async () => {
    const { run, state } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await runner.close();
    runner.request();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.started).toBe(0);
  });

  test('closes when the running one has ended, and starts none after it', async () => {
    const { run, state, end } = task();
    const runner = createRunner(run, GATHER_MS);
    runner.request();
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    runner.request();
    let closed = false;
    const closing = runner.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(closed).toBe(false);
    end();
    await closing;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.started).toBe(1);
  });
});
