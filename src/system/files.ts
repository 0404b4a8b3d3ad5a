/** Files, directories and bind mounts of the host. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { checked, libc } from './libc.ts';
import { type Files, SystemError } from './system.ts';

const MS_BIND = 4096;
const MNT_DETACH = 2;

/** The machine's own files. */
export function realFiles(): Files {
  return {
    readText: (path) => attempt(`read ${path}`, () => readFileSync(path, 'utf8')),
    list: (path) => attempt(`list ${path}`, () => readdirSync(path)),
    readLink: (path) => attempt(`readlink ${path}`, () => readlinkSync(path)),
    identify: (path) => attempt(`stat ${path}`, () => identify(path)),
    writeText: (path, text) => attempt(`write ${path}`, () => writeFileSync(path, text)),
    makeDirectory: (path) => attempt(`mkdir ${path}`, () => void mkdirSync(path, { recursive: true })),
    remove: (path) => attempt(`remove ${path}`, () => rmSync(path)),
    bindMount: (source, target) =>
      void checked(libc().mount(source, target, 'none', MS_BIND, null), `mount ${target}`),
    unmount: (target) => void checked(libc().umount2(target, MNT_DETACH), `umount ${target}`),
    watch: (directory, changed) => {
      const watcher = attempt(`watch ${directory}`, () => watch(directory, changed));
      watcher.on('error', changed);
      return () => watcher.close();
    },
  };
}

/** Runs a file operation; Node's own errors come out as `SystemError`, others unchanged. */
export function attempt<T>(operation: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw new SystemError(error.code, operation);
    throw error;
  }
}

function identify(path: string) {
  const stat = statSync(path, { bigint: true });
  return { device: String(stat.dev), inode: String(stat.ino) };
}
