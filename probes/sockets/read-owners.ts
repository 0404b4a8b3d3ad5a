/**
 * Which processes hold which sockets: descriptors that read `socket:[inode]` (proc_pid_fd(5)). The processes in the
 * namespace are asked first; the others only for what is left, because a socket stays in the namespace where it was
 * made while its process may be elsewhere: Docker's embedded DNS server listens in the container, its process on the host.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { Container } from '../../src/model/container.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Socket, SocketOwner } from '../../src/model/socket.ts';
import { type Files, SystemError } from '../../src/system/system.ts';

/** Descriptors looked at in all: half a second's worth. */
const DESCRIPTORS_LIMIT = 200_000;
/** Processes named for one socket; a server's workers may all share it. */
const OWNERS_KEPT = 16;
/** Bytes of /proc/PID/comm; the kernel keeps 16. */
const NAME_LIMIT_BYTES = 64;

type Search = {
  readonly files: Files;
  readonly found: Map<number, SocketOwner[]>;
  readonly containers: readonly Container[];
  left: number;
  unreadable: number;
};

/** Owners by inode: none for an inode that nobody seems to hold, absent for one that somebody unseen may. */
export function readOwners(
  files: Files,
  namespace: string,
  sockets: readonly Socket[],
  containers: readonly Container[],
): { readonly owners: ReadonlyMap<number, readonly SocketOwner[]>; readonly gaps: readonly Gap[] } {
  const found = new Map<number, SocketOwner[]>(sockets.map(({ inode }) => [inode, []]));
  if (found.size === 0) return { owners: found, gaps: [] };
  const search: Search = { files, found, containers, left: DESCRIPTORS_LIMIT, unreadable: 0 };
  const { here, elsewhere } = findProcesses(files, namespace);
  for (const pid of here) searchProcess(search, pid);
  for (const pid of elsewhere) if (search.left > 0 && hasUnowned(found)) searchProcess(search, pid);
  if (!hasUnowned(found) || (search.left > 0 && search.unreadable === 0)) return { owners: found, gaps: [] };
  const owners = new Map([...found].filter(([inode, some]) => inode === 0 || some.length > 0));
  return { owners, gaps: [unseenGap(search)] };
}

/** A socket without an inode belongs to no file, so that no process can hold it. */
function hasUnowned(found: ReadonlyMap<number, readonly SocketOwner[]>): boolean {
  return [...found].some(([inode, owners]) => inode !== 0 && owners.length === 0);
}

function unseenGap({ left, unreadable }: Search): Gap {
  const reason =
    left > 0
      ? `the processes of some sockets: the descriptors of ${unreadable} processes cannot be read`
      : `the processes of some sockets: not found among ${DESCRIPTORS_LIMIT} descriptors`;
  return { probe: 'sockets', reason, ...(left > 0 ? { needs: 'run as root' } : {}) };
}

function findProcesses(files: Files, namespace: string) {
  const here: number[] = [];
  const elsewhere: number[] = [];
  for (const entry of files.list('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const link = attempt(() => files.readLink(`/proc/${entry}/ns/net`));
    (link === `net:[${namespace}]` ? here : elsewhere).push(Number(entry));
  }
  return { here, elsewhere };
}

function searchProcess(search: Search, pid: number): void {
  const { files, found } = search;
  const directory = `/proc/${pid}/fd`;
  const descriptors = attempt(() => files.list(directory));
  if (descriptors === 'refused') search.unreadable += 1;
  if (descriptors === 'refused' || descriptors === 'gone') return;
  let owner: SocketOwner | undefined;
  for (const descriptor of descriptors) {
    if (search.left <= 0) return;
    search.left -= 1;
    const target = attempt(() => files.readLink(`${directory}/${descriptor}`));
    const owners = found.get(inodeOf(target));
    if (!owners || owners.length >= OWNERS_KEPT || owners.some((known) => known.pid === pid)) continue;
    owner ??= describe(search, pid);
    owners.push(owner);
  }
}

/** `socket:[1234]` → 1234; -1 for everything else. */
function inodeOf(target: string): number {
  return target.startsWith('socket:[') ? Number.parseInt(target.slice('socket:['.length), 10) : -1;
}

function describe({ files, containers }: Search, pid: number): SocketOwner {
  const comm = attempt(() => files.readRegular(`/proc/${pid}/comm`, { limitBytes: NAME_LIMIT_BYTES }));
  const name = typeof comm === 'string' ? '' : cleanBytes(comm.subarray(0, comm.lastIndexOf(0x0a)));
  // Every engine puts the container's id into its cgroup's path (cgroups(7)).
  const cgroup = containers.length > 0 ? attempt(() => files.readText(`/proc/${pid}/cgroup`)) : '';
  const container = containers.find(({ id }) => cgroup.includes(id))?.name;
  return { pid, name, ...(container === undefined ? {} : { container }) };
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
