/** The processes behind sockets, by name and container. A name is what the process itself has chosen: hostile text. */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { Container } from '../../src/model/container.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Socket, SocketOwner } from '../../src/model/socket.ts';
import { type Files, SystemError } from '../../src/system/system.ts';
import type { SocketHolders } from './holders.ts';

/** Bytes of /proc/PID/comm; the kernel keeps 16. */
const NAME_LIMIT_BYTES = 64;

/** The sockets with their owners: none where nobody holds one, and not said where somebody unseen may. */
export function nameOwners(
  files: Files,
  sockets: readonly Socket[],
  { pidsByInode, unreadable, shortened }: SocketHolders,
  containers: readonly Container[],
): { readonly sockets: readonly Socket[]; readonly gaps: readonly Gap[] } {
  const known = new Map<number, SocketOwner>();
  const ownerOf = (pid: number): SocketOwner => {
    const owner = known.get(pid) ?? describe(files, pid, containers);
    known.set(pid, owner);
    return owner;
  };
  const seenAll = unreadable === 0 && shortened === 0;
  const named = sockets.map((socket) => {
    const owners = (pidsByInode.get(socket.inode) ?? []).map(ownerOf);
    // A socket without an inode belongs to no file, so that no process can hold it.
    return owners.length > 0 || seenAll || socket.inode === 0 ? { ...socket, owners } : socket;
  });
  if (named.every(({ owners }) => owners !== undefined)) return { sockets: named, gaps: [] };
  const reason =
    unreadable > 0
      ? `the processes of some sockets: the descriptors of ${processes(unreadable)} cannot be read`
      : `the processes of some sockets: more descriptors than are looked at in ${processes(shortened)}`;
  return {
    sockets: named,
    gaps: [{ probe: 'sockets', reason, ...(unreadable > 0 ? { needs: 'run as root' } : {}) }],
  };
}

function processes(count: number): string {
  return count === 1 ? 'one process' : `${count} processes`;
}

function describe(files: Files, pid: number, containers: readonly Container[]): SocketOwner {
  const comm = readOrNothing(() => files.readRegular(`/proc/${pid}/comm`, { limitBytes: NAME_LIMIT_BYTES }));
  const name = comm ? cleanBytes(comm.subarray(0, comm.lastIndexOf(0x0a))) : '';
  // Every engine puts the container's id into its cgroup's path (cgroups(7)).
  const cgroup =
    containers.length > 0 ? readOrNothing(() => files.readText(`/proc/${pid}/cgroup`)) : undefined;
  const container = containers.find(({ id }) => cgroup?.includes(id))?.name;
  return { pid, name, ...(container === undefined ? {} : { container }) };
}

/** The process may have ended since. */
function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return undefined;
  }
}
