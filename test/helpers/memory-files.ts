/**
 * Files, directories and bind mounts in memory, for the code that changes them. Namespace files are on a device of
 * their own, as nsfs is, and a bind mount of one hides the file beneath (mount(2)).
 */
import { type FileIdentity, type Files, SystemError } from '../../src/system/system.ts';

const NSFS = 'nsfs';
const DISK = 'disk';

export type MemoryOptions = {
  /** Texts by path; an error in place of one is thrown on reading. */
  readonly texts?: Readonly<Record<string, string | SystemError>>;
  /** Targets of symbolic links by path. */
  readonly links?: Readonly<Record<string, string | SystemError>>;
  /** Namespace files: their inodes by path. */
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
};

export type MemoryFiles = Files & {
  /** Every path there is, sorted, and every mount: to be compared before and after. */
  readonly picture: () => readonly string[];
};

export function memoryFiles(options: MemoryOptions = {}): MemoryFiles {
  const texts = new Map(Object.entries(options.texts ?? {}));
  const links = new Map(Object.entries(options.links ?? {}));
  const nsfs = new Map(
    Object.entries({ '/proc/thread-self/ns/net': 'own', ...options.namespaces }).map(([path, inode]) => [
      path,
      { device: NSFS, inode },
    ]),
  );
  const directories = new Set(['/run', '/proc', ...(options.directories ?? [])]);
  const mounts: { readonly target: string; readonly identity: FileIdentity; readonly shared: boolean }[] = [];

  const fail = (code: string, operation: string): never => {
    throw new SystemError(code, operation);
  };
  const paths = () => [...directories, ...texts.keys(), ...links.keys(), ...nsfs.keys()];
  const isThere = (path: string) => paths().some((one) => one === path || one.startsWith(`${path}/`));
  const isDirectory = (path: string) =>
    directories.has(path) || paths().some((one) => one.startsWith(`${path}/`));
  const childrenOf = (path: string) =>
    paths().flatMap((one) =>
      one.startsWith(`${path}/`) ? [one.slice(path.length + 1).split('/')[0] ?? ''] : [],
    );
  const identify = (path: string): FileIdentity => {
    const mounted = mounts.findLast(({ target }) => target === path);
    if (mounted) return mounted.identity;
    const namespace = nsfs.get(path);
    if (namespace) return namespace;
    return isThere(path) ? { device: DISK, inode: path } : fail('ENOENT', `stat ${path}`);
  };
  const readFrom = (map: ReadonlyMap<string, string | SystemError>, path: string, verb: string): string => {
    const value = map.get(path) ?? new SystemError('ENOENT', `${verb} ${path}`);
    if (value instanceof SystemError) throw value;
    return value;
  };
  return {
    readText: (path) => readFrom(texts, path, 'read'),
    readRegular: (path, { root }) =>
      new TextEncoder().encode(readFrom(texts, root === undefined ? path : `${root}${path}`, 'read')),
    readLink: (path) => readFrom(links, path, 'readlink'),
    list: (path) => (isDirectory(path) ? [...new Set(childrenOf(path))] : fail('ENOENT', `list ${path}`)),
    identify,
    writeText: (path, text) => {
      if (!isDirectory(path.slice(0, path.lastIndexOf('/')))) fail('ENOENT', `write ${path}`);
      texts.set(path, text);
    },
    writeStream: () => fail('ENOTSUP', 'write a stream'),
    makeDirectory: (path) => {
      const parts = path.split('/').slice(1);
      for (let depth = 1; depth <= parts.length; depth += 1)
        directories.add(`/${parts.slice(0, depth).join('/')}`);
    },
    remove: (path) => {
      if (mounts.some(({ target }) => target === path)) fail('EBUSY', `remove ${path}`);
      if (!texts.delete(path)) fail('ENOENT', `remove ${path}`);
    },
    removeDirectory: (path) => {
      if (mounts.some(({ target }) => target === path)) fail('EBUSY', `rmdir ${path}`);
      if (childrenOf(path).length > 0) fail('ENOTEMPTY', `rmdir ${path}`);
      if (!directories.delete(path)) fail('ENOENT', `rmdir ${path}`);
    },
    bindMount: (source, target, how) => {
      if (!isThere(target)) fail('ENOENT', `mount ${target}`);
      mounts.push({ target, identity: identify(source), shared: how?.shared ?? false });
    },
    unmount: (path) => {
      const index = mounts.findLastIndex(({ target }) => target === path);
      if (index < 0) fail('EINVAL', `umount ${path}`);
      mounts.splice(index, 1);
    },
    watch: () => () => undefined,
    picture: () => [
      ...paths().sort(),
      ...mounts.map(
        ({ target, identity, shared }) => `${identity.inode} on ${target}${shared ? ' shared' : ''}`,
      ),
    ],
  };
}
