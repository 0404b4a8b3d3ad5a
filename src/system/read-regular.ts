/**
 * Reading a file that somebody hostile may have put there (open(2), symlink(7), path_resolution(7)). What is found is
 * looked at through O_PATH first, which has no effect on it: a FIFO would block and a device might act when opened.
 */
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { type RegularOptions, SystemError } from './system.ts';

const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW, O_DIRECTORY } = constants;
/** asm-generic/fcntl.h; the same on x64 and arm64, which Node's constants leave out. */
const O_PATH = 0o10000000;
/** As many symbolic links as the kernel itself follows in one path (MAXSYMLINKS, linux/namei.h). */
const LINKS_FOLLOWED = 40;
/** Directories open at once while a path is walked: more is a trap, not a path. */
const DEPTH_LIMIT = 64;

/** The bytes of a regular file. Throws `SystemError`: EINVAL where it is anything else, EFBIG, ELOOP, or the errno. */
export function readRegular(path: string, { limitBytes, root }: RegularOptions): Uint8Array {
  const found = root === undefined ? openSync(path, O_PATH) : openInRoot(root, path);
  try {
    if (!fstatSync(found).isFile()) throw new SystemError('EINVAL', `read ${path}`, 'not a regular file');
    const fd = openSync(inside(found), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    try {
      return readAtMost(fd, path, limitBytes);
    } finally {
      closeSync(fd);
    }
  } finally {
    closeSync(found);
  }
}

function readAtMost(fd: number, path: string, limitBytes: number): Uint8Array {
  const buffer = new Uint8Array(limitBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    if (read === 0) return buffer.slice(0, length);
    length += read;
  }
  throw new SystemError('EFBIG', `read ${path}`, `larger than ${limitBytes} bytes`);
}

/** Walks the path one name at a time, each opened below the directory before it, so that no link leads outside. */
function openInRoot(root: string, path: string): number {
  const open = [openSync(root, O_PATH | O_DIRECTORY)];
  const closeAbove = (count: number) => {
    for (const fd of open.splice(count)) closeSync(fd);
  };
  try {
    let links = 0;
    const waiting = path.split('/');
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        closeAbove(Math.max(1, open.length - 1));
        continue;
      }
      const at = `${inside(open.at(-1) ?? -1)}/${name}`;
      const fd = openSync(at, O_PATH | O_NOFOLLOW);
      open.push(fd);
      if (fstatSync(fd).isSymbolicLink()) {
        closeAbove(open.length - 1);
        const target = readlinkSync(at);
        if (target.startsWith('/')) closeAbove(1);
        waiting.unshift(...target.split('/'));
        links += 1;
      }
      if (links > LINKS_FOLLOWED || open.length > DEPTH_LIMIT) throw new SystemError('ELOOP', `read ${path}`);
    }
    return open.pop() ?? -1;
  } finally {
    closeAbove(0);
  }
}

/** The way back to an open descriptor; magic, so that it leads to that very file (proc_pid_fd(5)). */
function inside(fd: number): string {
  return `/proc/self/fd/${fd}`;
}
