/**
 * Room in the process's table of descriptors, made before it is needed. The kernel doubles a full table, and waits each
 * time until no thread looks at the old one (expand_fdtable in fs/file.c): 7 ms at the 256th descriptor, at the 512th, …
 */
import { closeSync, openSync } from 'node:fs';
import { libc } from './libc.ts';

/** Namespaces whose descriptors, two for each, may fill the table that Node starts with. */
const MANY = 64;
/** Enough for 2,000 namespaces; beyond, the kernel doubles again. Costs 32 KiB. */
const ROOM = 4096;

let asked = false;

/** Makes room on a pool thread, once, where so many namespaces will be open at the same time. Never throws. */
export function makeRoomFor(namespaces: number): void {
  if (asked || namespaces < MANY) return;
  asked = true;
  try {
    const { duplicateInBackground } = libc();
    const fd = openSync('/dev/null', 'r');
    // Where the limit (RLIMIT_NOFILE) is lower, it is refused, and the table grows as it always did.
    duplicateInBackground(fd, ROOM - 1, (copy) => {
      closeSync(fd);
      if (copy >= 0) closeSync(copy);
    });
  } catch {
    // What is missing here is missing for the first namespace too, and is said of that.
  }
}
