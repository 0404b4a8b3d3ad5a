/**
 * Whose file of a name below /etc counts for a namespace and for each container in it (ip-netns(8)), without running
 * anything of a container. A container's file is hostile: it may be a link, a FIFO or endless, and is read as `read-regular.ts` reads.
 */
import type { Container } from '../../src/model/container.ts';
import { NETNS_DIRECTORY } from '../../src/model/nsfs.ts';
import type { ResolverSettings } from '../../src/model/resolver.ts';
import { type Files, SystemError } from '../../src/system/system.ts';
import type { Subject } from '../probe.ts';

export type FileName = 'resolv.conf' | 'hosts';

/** A file to try: its path, the root it must stay in, and whose it is. */
export type Candidate = Pick<ResolverSettings, 'path' | 'source'> & {
  readonly root?: string;
  /** The process whose view it is; it must still be in the namespace afterwards. */
  readonly pid?: number;
};

/** Files of which the first that can be read counts, and the container they are meant for. */
export type Wanted = {
  readonly container?: string;
  /** The container whose settings the engine wrote into them: another one, where this one joined its network. */
  readonly maker?: Container;
  readonly candidates: readonly Candidate[];
};

/** Containers that share a namespace share its links and not their files: each is told by its own. */
export function wantedOf(files: Files, subject: Subject, file: FileName): readonly Wanted[] {
  const containers = subject.containers.map((container) => ({
    container: container.name,
    maker: makerOf(container, subject.containers),
    candidates: candidatesOf(container, file),
  }));
  if (subject.kind === 'host') return [{ candidates: [hostOwn(file)] }, ...containers];
  return containers.length > 0 ? containers : [{ candidates: ownCandidates(files, subject, file) }];
}

function makerOf(container: Container, containers: readonly Container[]): Container {
  const joined = /^container:(.+)$/.exec(container.networkMode)?.[1];
  return containers.find(({ id }) => id === joined) ?? container;
}

function candidatesOf({ pid, resolvConfPath }: Container, file: FileName): readonly Candidate[] {
  // Both Docker and podman keep the two side by side.
  const path = file === 'hosts' ? resolvConfPath?.replace(/[^/]*$/, file) : resolvConfPath;
  const engine: readonly Candidate[] = path === undefined ? [] : [{ path, source: 'engine' }];
  return [seenBy(pid, file), ...engine];
}

/** Of a namespace without a container. */
function ownCandidates(files: Files, { paths, pids }: Subject, file: FileName): readonly Candidate[] {
  const named = paths.flatMap((path): readonly Candidate[] =>
    path.startsWith(`${NETNS_DIRECTORY}/`)
      ? [{ path: `/etc/netns${path.slice(NETNS_DIRECTORY.length)}/${file}`, source: 'netns' }]
      : [],
  );
  // A process with a root of its own (another engine's container, a unit) has a file of its own.
  const apart = named.length > 0 ? undefined : pids.find((pid) => !seesOurFiles(files, pid));
  return apart === undefined ? [...named, hostOwn(file)] : [seenBy(apart, file)];
}

function hostOwn(file: FileName): Candidate {
  return { path: `/etc/${file}`, source: 'host' };
}

function seenBy(pid: number, file: FileName): Candidate {
  return { path: `/etc/${file}`, source: 'process', root: `/proc/${pid}/root`, pid };
}

/** Same mounts and same root; a process that cannot be looked at is taken for one of ours only when its file is read. */
function seesOurFiles(files: Files, pid: number): boolean {
  try {
    const mounts = files.readLink('/proc/thread-self/ns/mnt');
    return files.readLink(`/proc/${pid}/ns/mnt`) === mounts && files.readLink(`/proc/${pid}/root`) === '/';
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // One that has ended is not worth looking at.
    return error.code === 'ENOENT' || error.code === 'ESRCH';
  }
}
