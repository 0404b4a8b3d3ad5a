/**
 * Room in the process's table of descriptors, made before it is needed. The kernel doubles a full table, and waits each
 * time until no thread looks at the old one (expand_fdtable in fs/file.c): 7 ms at the 256th descriptor, at the 512th, …
 */
import { closeSync } from 'node:fs';
import { libc } from './libc.ts';

/** Descriptors that a command with few namespaces does not reach, well before the table of 256 is full. */
const MANY = 64;
/** Enough for 2,000 namespaces; beyond, the kernel doubles again. Costs 32 KiB. */
const ROOM = 4096;

let asked = false;

/** Makes room on a pool thread, once, as soon as a descriptor's number tells that many are open. */
export function makeRoomAfter(fd: number): void {
  if (asked || fd < MANY) return;
  asked = true;
  // Where the limit (RLIMIT_NOFILE) is lower, it is refused, and the table grows as it always did.
  libc().duplicateInBackground(fd, ROOM - 1, (copy) => {
    if (copy >= 0) closeSync(copy);
  });
}
