/** Replaces a file as a whole (rename(2)): whoever reads it, and whatever fails, it is the old text or the new one. */
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Writes beside the file and renames. A device or a pipe is never replaced, but written to. */
export function writeWhole(path: string, text: string, mode: number): void {
  const target = throughLinks(path);
  if (!isReplaceable(target)) {
    writeFileSync(target, text);
    return;
  }
  const beside = `${target}.${process.pid}.tmp`;
  // Exclusive, so that nobody's link of that name is written through.
  const fd = openSync(beside, 'wx', mode);
  try {
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A link keeps pointing where it did. */
function throughLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A regular file, or nothing yet. */
function isReplaceable(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined || stat.isFile();
}
