/** Files, directories and bind mounts of the host. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { checked, libc } from './libc.ts';
import { readRegular } from './read-regular.ts';
import { type Files, SystemError } from './system.ts';
import { writeWhole } from './write-whole.ts';

const MS_BIND = 1 << 12;
const MS_SHARED = 1 << 20;
const MNT_DETACH = 2;

/** The machine's own files. */
export function realFiles(): Files {
  return {
    readText: (path) => attempt(`read ${path}`, () => readFileSync(path, 'utf8')),
    readRegular: (path, options) => attempt(`read ${path}`, () => readRegular(path, options)),
    list: (path) => attempt(`list ${path}`, () => readdirSync(path)),
    readLink: (path) => attempt(`readlink ${path}`, () => readlinkSync(path)),
    identify: (path) => attempt(`stat ${path}`, () => identify(path)),
    writeText: (path, text, { mode = 0o666, exclusive = false, whole = false } = {}) =>
      attempt(`write ${path}`, () => {
        if (whole) writeWhole(path, text, mode);
        else writeFileSync(path, text, { mode, flag: exclusive ? 'wx' : 'w' });
      }),
    writeStream,
    makeDirectory: (path) => attempt(`mkdir ${path}`, () => void mkdirSync(path, { recursive: true })),
    remove: (path) => attempt(`remove ${path}`, () => rmSync(path)),
    removeDirectory: (path) => attempt(`rmdir ${path}`, () => rmdirSync(path)),
    bindMount: (source, target, options) => {
      checked(libc().mount(source, target, 'none', MS_BIND, null), `mount ${target}`);
      if (options?.shared)
        checked(libc().mount('none', target, 'none', MS_SHARED, null), `mount --make-shared ${target}`);
    },
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
    if (error instanceof SystemError) throw error;
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw new SystemError(error.code, operation);
    throw error;
  }
}

async function writeStream(path: string, stream: AsyncIterable<Uint8Array>): Promise<number> {
  if (path === '-') return writeStdout(stream);
  const fd = attempt(`open ${path}`, () => openSync(path, 'w', 0o600));
  let written = 0;
  try {
    for await (const bytes of stream) written += attempt(`write ${path}`, () => writeAll(fd, bytes));
  } finally {
    closeSync(fd);
  }
  return written;
}

function writeAll(fd: number, bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) at += writeSync(fd, bytes, at);
  return at;
}

/** A pipe may be full for a while, so each block waits for the one before. */
async function writeStdout(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let written = 0;
  for await (const bytes of stream) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    written += bytes.length;
  }
  return written;
}

function identify(path: string) {
  const stat = statSync(path, { bigint: true });
  return { device: String(stat.dev), inode: String(stat.ino) };
}
