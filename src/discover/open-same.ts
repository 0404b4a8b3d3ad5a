/** A handle on a namespace of a snapshot, confirmed to be that very namespace and not one that took its place. */
import type { Namespace } from '../model/namespace.ts';
import { type NamespaceHandle, type System, SystemError } from '../system/system.ts';

/** Every file through which the namespace may be reached: its mounts and its processes. */
export function waysInto({ paths, pids }: Namespace): readonly string[] {
  return [...new Set([...paths, ...pids.map((pid) => `/proc/${pid}/ns/net`)])];
}

/** Opens it through the first way that still leads there. The caller closes. Throws `SystemError`: EACCES, EPERM, or ENOENT when it is gone. */
export function openSame(system: System, namespace: Namespace): NamespaceHandle {
  let refusal: SystemError | undefined;
  for (const path of waysInto(namespace)) {
    try {
      const handle = system.namespaces.open(path);
      if (handle.id === namespace.id) return handle;
      handle.close();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') refusal = error;
    }
  }
  throw refusal ?? new SystemError('ENOENT', `open the namespace of ${namespace.name}`, 'it is gone');
}
