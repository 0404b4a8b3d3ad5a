/**
 * Network namespaces that nothing shows at first sight: mounted in another mount namespace, or held only by an open
 * descriptor of some process (proc_pid_fd(5)). Looking at every descriptor costs; it is done when something is missing.
 */
import type { Files } from '../src/system/system.ts';
import { readMountedNamespaces } from './mounted-namespaces.ts';

export type HeldNamespace = { readonly inode: string; readonly path: string };

/** Every way found to a network namespace that is not among `known`: one path for each. What cannot be read is left out. */
export function searchHeldNamespaces(files: Files, known: ReadonlySet<string>): readonly HeldNamespace[] {
  const found = new Map<string, string>();
  const note = (inode: string, path: string) => {
    if (!known.has(inode) && !found.has(inode)) found.set(inode, path);
  };
  const mountNamespaces = new Set<string>();
  for (const pid of processes(files)) {
    const mounts = attempt(() => files.readLink(`/proc/${pid}/ns/mnt`));
    if (mounts !== undefined && !mountNamespaces.has(mounts)) {
      mountNamespaces.add(mounts);
      for (const { inode, path } of attempt(() => readMountedNamespaces(files, pid)) ?? [])
        note(inode, `/proc/${pid}/root${path}`);
    }
    for (const fd of attempt(() => files.list(`/proc/${pid}/fd`)) ?? []) {
      const path = `/proc/${pid}/fd/${fd}`;
      const [, inode] = /^net:\[(\d+)\]$/.exec(attempt(() => files.readLink(path)) ?? '') ?? [];
      if (inode !== undefined) note(inode, path);
    }
  }
  return [...found].map(([inode, path]) => ({ inode, path }));
}

function processes(files: Files): readonly number[] {
  return files
    .list('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** Processes end and descriptors close while they are looked at. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
