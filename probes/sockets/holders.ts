/**
 * Which processes hold which sockets: descriptors that read `socket:[inode]` (proc_pid_fd(5)). All processes are asked,
 * not only those of one namespace, because a socket stays in the namespace where it was made: Docker's embedded DNS
 * server listens in each container, its process is on the host. So this is read once for all namespaces of a scan.
 */
import { type Files, SystemError } from '../../src/system/system.ts';

/** Descriptors looked at in all, and of one process: about two seconds' worth. */
const DESCRIPTORS_LIMIT = 500_000;
const DESCRIPTORS_OF_ONE = 65_536;
/** Processes kept for one socket; a server's workers may all share it. */
const HOLDERS_KEPT = 16;

export type SocketHolders = {
  readonly pidsByInode: ReadonlyMap<number, readonly number[]>;
  /** Processes whose descriptors may not be read. */
  readonly unreadable: number;
  /** Processes that have more descriptors than were looked at. */
  readonly shortened: number;
};

export function readHolders(files: Files): SocketHolders {
  const pidsByInode = new Map<number, number[]>();
  let unreadable = 0;
  let shortened = 0;
  let left = DESCRIPTORS_LIMIT;
  for (const pid of files.list('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const descriptors = attempt(() => files.list(`/proc/${pid}/fd`));
    if (descriptors === 'refused') unreadable += 1;
    if (descriptors === 'refused' || descriptors === 'gone') continue;
    const looked = descriptors.slice(0, Math.min(left, DESCRIPTORS_OF_ONE));
    if (looked.length < descriptors.length) shortened += 1;
    left -= looked.length;
    for (const descriptor of looked) {
      const target = attempt(() => files.readLink(`/proc/${pid}/fd/${descriptor}`));
      if (target.startsWith('socket:[')) keep(pidsByInode, inodeOf(target), Number(pid));
    }
  }
  return { pidsByInode, unreadable, shortened };
}

function keep(pidsByInode: Map<number, number[]>, inode: number, pid: number): void {
  const pids = pidsByInode.get(inode);
  if (!pids) pidsByInode.set(inode, [pid]);
  else if (pids.at(-1) !== pid && pids.length < HOLDERS_KEPT) pids.push(pid);
}

/** `socket:[1234]` → 1234 */
function inodeOf(target: string): number {
  return Number.parseInt(target.slice('socket:['.length), 10);
}

/** A process may end while it is looked at, and may not be looked at by everybody. */
function attempt<T>(read: () => T): T | 'refused' | 'gone' {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return error.code === 'EACCES' || error.code === 'EPERM' ? 'refused' : 'gone';
  }
}
