/** What an expected failure must look like: words for people, and never a stack trace. */
import type { Finished } from './lab-process.ts';

const STACK = /^\s+at .+:\d+|node:internal|file:\/\/|UnhandledPromise|triggerUncaught/m;

/** Fails where the program printed a stack trace; returns the run, so that a test can go on with it. */
export function withoutStack(finished: Finished): Finished {
  if (STACK.test(finished.stderr + finished.stdout)) throw new Error(`a stack trace:\n${finished.stderr}`);
  return finished;
}
