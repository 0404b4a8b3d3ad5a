/** Network namespaces kept by bind mounts, wherever they are: nsfs entries of mountinfo (proc_pid_mountinfo(5)). */
import type { Files } from '../src/system/system.ts';

export type MountedNamespace = {
  readonly inode: string;
  /** The mount point, raw: it is opened, and cleaned where it is shown. */
  readonly path: string;
};

/** The mounted network namespaces that process `pid` sees; `self` for our own mount namespace. Throws `SystemError`. */
export function readMountedNamespaces(files: Files, pid: number | 'self'): readonly MountedNamespace[] {
  return parseMountinfo(files.readText(`/proc/${pid}/mountinfo`));
}

/**
 * The net entries of a mountinfo text: the fourth field is `net:[inode]`, the fifth the mount point with space, tab,
 * newline and backslash as octal escapes; the type follows the separator `-`.
 */
export function parseMountinfo(text: string): readonly MountedNamespace[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const [, inode] = /^net:\[(\d+)\]$/.exec(fields[3] ?? '') ?? [];
    const path = fields[4];
    const type = fields[fields.indexOf('-', 6) + 1];
    return inode !== undefined && path !== undefined && type === 'nsfs'
      ? [{ inode, path: unescapeOctal(path) }]
      : [];
  });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
