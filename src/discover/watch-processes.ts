/**
 * Notices network namespaces that a process made for itself: nothing tells of unshare(2). A cheap look at /proc finds
 * processes that are new, and looks at the namespace of each a few times, because it may be changed after the start.
 */
import type { Files } from '../system/system.ts';

/** Milliseconds between looks: listing 1,000 processes takes under one. */
const LOOK_EVERY_MS = 250;
/** How often a new process is looked at: for the first second of its life. */
const LOOKS_AT_ONE = 4;

/** Calls `found` when a namespace appears that no process was in before. Settles when `signal` aborts. */
export function watchProcesses(files: Files, found: () => void, signal: AbortSignal): Promise<void> {
  const looks = new Map<string, number>();
  const namespaces = new Set<string>();
  const look = (): boolean => {
    const pids = files.list('/proc').filter(isPid);
    const alive = new Set(pids);
    for (const pid of looks.keys()) if (!alive.has(pid)) looks.delete(pid);
    let isNew = false;
    for (const pid of pids) {
      const times = looks.get(pid) ?? 0;
      if (times >= LOOKS_AT_ONE) continue;
      looks.set(pid, times + 1);
      const namespace = readNamespace(files, pid);
      if (namespace === undefined || namespaces.has(namespace)) continue;
      namespaces.add(namespace);
      isNew = true;
    }
    return isNew;
  };
  look();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (look()) found();
    }, LOOK_EVERY_MS);
    const end = () => {
      clearInterval(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function isPid(entry: string): boolean {
  return entry.charCodeAt(0) >= 0x31 && entry.charCodeAt(0) <= 0x39;
}

function readNamespace(files: Files, pid: string): string | undefined {
  try {
    return files.readLink(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
