/** Waiting for a condition, the only way a test here waits: never for an amount of time. */
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two looks: short beside what is waited for, long enough to leave two cores their work. */
const LOOK_EVERY_MS = 20;
/** Milliseconds before a wait counts as failed, where the caller names no limit. */
const DEFAULT_LIMIT_MS = 10_000;

/** What a condition may answer to say 'not yet'. */
type NotYet = undefined | null | false | '';

/** Asks `look` until it gives something, and returns that. `describe` says what was waited for when it never came. */
export async function waitFor<T>(
  describe: string | (() => string),
  look: () => T | NotYet | Promise<T | NotYet>,
  limitMs = DEFAULT_LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) {
      const what = typeof describe === 'string' ? describe : describe();
      throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
