/**
 * Notices network namespaces that a process made or entered: nothing tells of unshare(2) and setns(2). A new namespace
 * has a link `lo`, whose making the kernel counts among its uevents (/sys/kernel/uevent_seqnum, sysfs-kernel-uevent), so
 * one small file says when every process has to be looked at. For what that number does not tell, a process that enters
 * a namespace which only a descriptor kept, young processes and a few others in turn are looked at as well.
 */
import type { Files } from '../system/system.ts';

/** Milliseconds between looks at the number, 8 µs each. */
const LOOK_EVERY_MS = 250;
/** Of these looks one goes to the processes although the number stayed: listing 1,000 takes under a millisecond. */
const QUIET_LOOKS = 4;
/** How often a new process is looked at. */
const LOOKS_AT_ONE = 4;
/** Looks at every process after a uevent: `lo` is counted before unshare(2) has ended, milliseconds later at most. */
const LOOKS_AT_ALL = 2;
/** Other processes at each look, 3 µs each; a thousand take eight seconds. */
const IN_TURN = 128;
const UEVENTS = '/sys/kernel/uevent_seqnum';

/** Calls `found` when a namespace appears that no process was in before. Settles when `signal` aborts. */
export function watchProcesses(files: Files, found: () => void, signal: AbortSignal): Promise<void> {
  const look = createLook(files);
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

type Seen = { readonly looks: number; readonly namespace: string | undefined };

/** A look at the processes, which says whether one is in a namespace that was not known. */
function createLook(files: Files): () => boolean {
  const seen = new Map<string, Seen>();
  let known = new Set<string>();
  let uevents: string | undefined;
  let looksAtAll = 0;
  let turn = 0;
  let quietLooks = 0;
  return () => {
    const before = uevents;
    uevents = readUevents(files);
    quietLooks = (quietLooks + 1) % QUIET_LOOKS;
    if (uevents !== undefined && uevents === before && looksAtAll === 0 && quietLooks > 0) return false;
    const pids = files.list('/proc').filter(isPid);
    const alive = new Set(pids);
    for (const pid of seen.keys()) if (!alive.has(pid)) seen.delete(pid);
    if (uevents !== before) {
      looksAtAll = LOOKS_AT_ALL;
      // A new namespace may have been given the inode of one that ended.
      known = new Set([...seen.values()].flatMap(({ namespace }) => namespace ?? []));
    }
    const inTurn = new Set(Array.from({ length: IN_TURN }, (_, index) => pids[(turn + index) % pids.length]));
    turn = (turn + IN_TURN) % Math.max(pids.length, 1);
    let isNew = false;
    for (const pid of pids) {
      const looks = seen.get(pid)?.looks ?? 0;
      if (looksAtAll === 0 && looks >= LOOKS_AT_ONE && !inTurn.has(pid)) continue;
      const namespace = readNamespace(files, pid);
      seen.set(pid, { looks: looks + 1, namespace });
      if (namespace === undefined || known.has(namespace)) continue;
      known.add(namespace);
      isNew = true;
    }
    looksAtAll = Math.max(0, looksAtAll - 1);
    return isNew;
  };
}

function isPid(entry: string): boolean {
  return entry.charCodeAt(0) >= 0x31 && entry.charCodeAt(0) <= 0x39;
}

/** Absent where sysfs is not mounted: processes are then looked at in turn alone. */
function readUevents(files: Files): string | undefined {
  try {
    return files.readText(UEVENTS);
  } catch {
    return undefined;
  }
}

function readNamespace(files: Files, pid: string): string | undefined {
  try {
    return files.readLink(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
