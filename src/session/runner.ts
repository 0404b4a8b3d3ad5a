/** Runs a task on request: never twice at once, and once for all requests that come within a short while. */

export type Runner = {
  /** Asks for a run; one that comes while the task runs leads to one more run after it. */
  readonly request: () => void;
  /** No more runs; settles when a running one has ended. */
  readonly close: () => Promise<void>;
};

/** A runner for `task`. A request after quiet runs after `gatherMs`; a busy task leaves as much rest as it took. */
export function createRunner(task: () => Promise<void>, gatherMs: number): Runner {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  const run = async () => {
    timer = undefined;
    again = false;
    const started = performance.now();
    await task();
    const tookMs = performance.now() - started;
    running = undefined;
    if (again) schedule(Math.max(gatherMs, tookMs));
  };
  const schedule = (delayMs: number) => {
    if (closed || timer) return;
    timer = setTimeout(() => {
      running = run();
    }, delayMs);
  };
  return {
    request: () => {
      if (running) again = true;
      else schedule(gatherMs);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
