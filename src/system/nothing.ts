/** A machine with nothing on it, for commands that read a file instead: whatever is asked of it is not there. */
import { type Files, type System, SystemError } from './system.ts';

export function emptySystem(): System {
  const absent = (): never => {
    throw new SystemError('ENOENT', 'look at this machine', 'a snapshot is read in its place');
  };
  const later = async (): Promise<never> => absent();
  return {
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    host: { hostname: '', uid: -1, pid: process.pid, env: {} },
    files: new Proxy({} as Files, { get: () => absent }),
    namespaces: { open: absent, waitForAny: later },
    processes: { run: later, start: later, hand: later, sweep: () => [] },
    programs: { info: absent },
    expectNamespaces: () => undefined,
    openEngine: absent,
  };
}
