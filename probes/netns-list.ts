/** Where network namespaces can be found: this one, the names of `ip netns` (ip-netns(8)), and those of processes (proc(5)). */
import { cleanName, cleanText } from '../src/model/clean-text.ts';
import type { Gap } from '../src/model/gap.ts';
import { NETNS_DIRECTORY, OWN_NAMESPACE } from '../src/model/nsfs.ts';
import type { Files } from '../src/system/system.ts';
import type { MountedNamespace } from './mounted-namespaces.ts';

/** Pids kept for one namespace: enough to tell who is in it; the host's own can hold thousands. */
const PIDS_KEPT = 64;

export type NamedNamespace = { readonly name: string; readonly path: string; readonly inode: string };

/**
 * The bind mounts that `ip netns` shows. A plain file among them is left over from a reboot or a failed removal.
 * What `mounts` tells need not be looked at again: one reading of mountinfo in place of a stat for each of 400 names.
 */
export function readNamedNamespaces(
  files: Files,
  mounts: readonly MountedNamespace[] = [],
): {
  named: readonly NamedNamespace[];
  gaps: readonly Gap[];
} {
  const nsfs = files.identify(OWN_NAMESPACE).device;
  const mounted = mountedOnce(mounts);
  const named: NamedNamespace[] = [];
  const gaps: Gap[] = [];
  for (const entry of listOrNothing(files, NETNS_DIRECTORY)) {
    const path = `${NETNS_DIRECTORY}/${entry}`;
    const name = cleanName(entry);
    const inode = mounted.get(path);
    if (inode) {
      named.push({ name, path, inode });
      continue;
    }
    const identity = identifyOrNothing(files, path);
    if (identity?.device === nsfs) named.push({ name, path, inode: identity.inode });
    else gaps.push(stale(name, path));
  }
  return { named, gaps };
}

/** The inode by path of what one mount alone covers. A symbolic link to a namespace, or a plain file, is not in it. */
function mountedOnce(mounts: readonly MountedNamespace[]): ReadonlyMap<string, string | undefined> {
  const inodes = new Map<string, string | undefined>();
  for (const { path, inode } of mounts) inodes.set(path, inodes.has(path) ? undefined : inode);
  return inodes;
}

function stale(name: string, path: string): Gap {
  const reason = `${cleanText(path)} is stale: a plain file, no namespace is mounted there`;
  return { probe: 'netns', reason, needs: `ip netns delete ${name}` };
}

/** The namespaces of all processes: inode → pids, ascending and bounded; and how many could not be read. */
export function readProcessNamespaces(files: Files): {
  readonly pidsByInode: ReadonlyMap<string, readonly number[]>;
  readonly unreadable: number;
} {
  const pidsByInode = new Map<string, number[]>();
  let unreadable = 0;
  for (const pid of files
    .list('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b)) {
    const inode = readProcessNamespace(files, pid);
    if (inode === 'unreadable') unreadable += 1;
    else if (inode !== 'gone') {
      const pids = pidsByInode.get(inode) ?? [];
      if (pids.length < PIDS_KEPT) pids.push(pid);
      pidsByInode.set(inode, pids);
    }
  }
  return { pidsByInode, unreadable };
}

/** `net:[4026531833]` → `4026531833` (namespaces(7)). */
function readProcessNamespace(files: Files, pid: number): string | 'gone' | 'unreadable' {
  try {
    return files.readLink(`/proc/${pid}/ns/net`).slice('net:['.length, -1);
  } catch (error) {
    const code = (error as { code?: string }).code;
    return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'gone';
  }
}

/** The directory is made by the first `ip netns add`; before that there are no names. */
function listOrNothing(files: Files, directory: string): readonly string[] {
  try {
    return files.list(directory);
  } catch {
    return [];
  }
}

function identifyOrNothing(files: Files, path: string) {
  try {
    return files.identify(path);
  } catch {
    return undefined;
  }
}
