/** Where a process is: a snapshot names a namespace's first pids only, but the kernel knows each (proc_pid_ns(5)). */
import type { Snapshot } from '../model/snapshot.ts';
import type { Files } from '../system/system.ts';
import type { Hit } from '../view/find/hits.ts';

/** The process as a hit; none where there is no such process, or it may not be seen. */
export function namespaceOfPid({ namespaces }: Snapshot, files: Files, pid: number): readonly Hit[] {
  try {
    const inode = files.readLink(`/proc/${pid}/ns/net`).slice('net:['.length, -1);
    const namespace = namespaces.find(({ id }) => id === inode);
    if (!namespace) return [];
    return [{ kind: 'pid', namespace: namespace.name, value: String(pid), detail: 'a process in it' }];
  } catch {
    return [];
  }
}
