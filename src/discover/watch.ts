/**
 * Tells when something may have changed: the kernel's multicast of every namespace with an nsid here, the engine's
 * events, new namespaces of processes, and names that come and go under /run/netns. It reads nothing itself.
 */
import { NETNS_DIRECTORY } from '../model/nsfs.ts';
import { type System, SystemError } from '../system/system.ts';
import type { Change } from './change.ts';
import { watchKernel } from './watch-kernel.ts';
import { watchProcesses } from './watch-processes.ts';

/** Milliseconds after which a name is looked at again: it begins as a plain file, and of the mount upon it nothing tells. */
const LOOKS_AFTER_NAME_MS = [100, 400, 1_500];
/** Milliseconds before an engine that went away is asked again. */
const ENGINE_RETRY_MS = 1_000;

export type WatchRequest = {
  readonly engineEndpoint: string;
  readonly changed: (change: Change) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
};

/** Starts listening; settles when `signal` aborts and everything is closed. What cannot be listened to is left out. */
export async function watchChanges(system: System, request: WatchRequest): Promise<void> {
  await Promise.all([
    watchKernel(system, request.changed, request.signal),
    watchEngine(system, request),
    watchNames(system, request),
    watchProcesses(system.files, () => request.changed({ kind: 'wiring' }), request.signal),
  ]);
}

/** Follows the engine's events; a lost connection is told once and tried again until it is back. */
async function watchEngine(system: System, { engineEndpoint, changed, signal }: WatchRequest): Promise<void> {
  let connected = false;
  const tell = (now: boolean, reason?: string) => {
    if (connected === now) return;
    connected = now;
    changed({ kind: 'engine', connected: now, ...(reason === undefined ? {} : { reason }) });
  };
  while (!signal.aborted) {
    try {
      // A socket that is not there need not be knocked at: looking costs a hundredth.
      if (engineEndpoint.startsWith('unix://')) system.files.identify(engineEndpoint.slice('unix://'.length));
      const client = system.openEngine(engineEndpoint);
      await client.version();
      const events = client.events(signal)[Symbol.asyncIterator]();
      // The first answer is asked for before anything is told, so that nothing falls between listing and listening.
      let next = events.next();
      tell(true);
      for (let item = await next; !item.done; item = await next) {
        next = events.next();
        changed({ kind: 'wiring' });
      }
      tell(false, 'the engine closed the connection');
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      tell(false, error.message);
    }
    await pause(ENGINE_RETRY_MS, signal);
  }
}

function watchNames(system: System, { changed, signal }: WatchRequest): Promise<void> {
  return new Promise((resolve) => {
    const ends: (() => void)[] = [];
    const timers = new Set<NodeJS.Timeout>();
    const tell = () => {
      changed({ kind: 'wiring' });
      for (const lookMs of LOOKS_AFTER_NAME_MS) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          changed({ kind: 'wiring' });
        }, lookMs);
        timers.add(timer);
      }
    };
    const end = () => {
      for (const stop of ends) stop();
      for (const timer of timers) clearTimeout(timer);
      resolve();
    };
    try {
      ends.push(system.files.watch(NETNS_DIRECTORY, tell));
    } catch {
      // The directory is made by the first `ip netns add`; its parent then tells of it.
      const stop = system.files.watch('/run', () => {
        if (!hasDirectory(system)) return;
        tell();
        stop();
        ends.splice(0, ends.length, system.files.watch(NETNS_DIRECTORY, tell));
      });
      ends.push(stop);
    }
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function hasDirectory({ files }: System): boolean {
  try {
    files.list(NETNS_DIRECTORY);
    return true;
  } catch {
    return false;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
