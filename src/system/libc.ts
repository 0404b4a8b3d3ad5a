/**
 * The C library through koffi: the few calls Node does not offer. Loaded once, on first use.
 * Structures are written for 64-bit little-endian Linux, the platforms netpeek ships for.
 */

import { createRequire } from 'node:module';
import { constants } from 'node:os';
import type * as Koffi from 'koffi';
import { compareText } from '../model/compare-text.ts';
import { SystemError } from './system.ts';

const CLONE_NEWNET = 0x40000000;
const F_DUPFD_CLOEXEC = 1030;
/** __NR_bpf, for which the C library has no function (asm/unistd_64.h, asm-generic/unistd.h). */
const SYS_BPF = process.arch === 'x64' ? 321 : 280;

export type Libc = ReturnType<typeof loadLibc>;

/** koffi, loaded when the first call needs it: it costs a quick command 8 ms. */
let koffiLoaded: typeof Koffi | undefined;

function koffi(): typeof Koffi {
  koffiLoaded ??= createRequire(import.meta.url)('koffi') as typeof Koffi;
  return koffiLoaded;
}

let loaded: Libc | undefined;

/** The C library; the first call loads it. */
export function libc(): Libc {
  loaded ??= loadLibc();
  return loaded;
}

function loadLibc() {
  const library = koffi().load(null);
  const setns = library.func('int setns(int fd, int nstype)');
  const fcntl = library.func('int fcntl(int fd, int command, long value)');
  const poll = library.func('int poll(void *fds, unsigned long count, int timeout)');
  const syscall = library.func('long syscall(long number, int command, void *attr, unsigned int size)');
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    bind: library.func('int bind(int fd, const void *address, uint32_t length)'),
    setsockopt: library.func(
      'int setsockopt(int fd, int level, int option, const void *value, uint32_t length)',
    ),
    send: library.func('long send(int fd, const void *bytes, size_t length, int flags)'),
    recv: library.func('long recv(int fd, void *bytes, size_t length, int flags)'),
    connect: library.func('int connect(int fd, const void *address, uint32_t length)'),
    sendto: library.func(
      'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t size)',
    ),
    recvfrom: library.func(
      'long recvfrom(int fd, void *bytes, size_t length, int flags, void *address, void *size)',
    ),
    getsockname: library.func('int getsockname(int fd, void *address, void *length)'),
    getpeername: library.func('int getpeername(int fd, void *address, void *length)'),
    getsockopt: library.func('int getsockopt(int fd, int level, int option, void *value, void *length)'),
    recvmsg: library.func('long recvmsg(int fd, void *message, int flags)'),
    eventfd: library.func('int eventfd(unsigned int initial, int flags)'),
    write: library.func('long write(int fd, const void *bytes, size_t length)'),
    mount: library.func(
      'int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)',
    ),
    umount2: library.func('int umount2(const char *target, int flags)'),
    enterNetwork: (fd: number): number => setns(fd, CLONE_NEWNET),
    /** bpf(2): the kernel reads `attr` and writes answers into it. */
    bpf: (command: number, attr: Uint8Array, size: number): number =>
      Number(syscall(SYS_BPF, command, attr, size)),
    /** F_DUPFD_CLOEXEC on a pool thread: a copy of the descriptor with at least this number, or -1. */
    duplicateInBackground: (fd: number, least: number, done: (copy: number) => void): void => {
      fcntl.async(fd, F_DUPFD_CLOEXEC, least, (error: unknown, copy: number) => done(error ? -1 : copy));
    },
    /** poll(2) on a pool thread, so that this one stays free; resolves with 0 now and then when nothing comes. */
    pollInBackground: (fds: Uint8Array, count: number, timeoutMs = LONGEST_POLL_MS): Promise<number> =>
      new Promise((resolve, reject) => {
        poll.async(fds, count, Math.min(timeoutMs, LONGEST_POLL_MS), (error: unknown, ready: number) =>
          error ? reject(error) : resolve(ready),
        );
      }),
    addressOf: (bytes: Uint8Array): bigint => koffi().address(bytes),
  };
}

/** Milliseconds: a thread cannot end before its calls on pool threads have, and after a fault nobody wakes them. */
const LONGEST_POLL_MS = 500;

/** Names by number; of two names for one number (EAGAIN, EWOULDBLOCK) the first in the alphabet is the usual one. */
const errnoNames = new Map<number, string>(
  Object.entries(constants.errno)
    .sort(([a], [b]) => compareText(b, a))
    .map(([name, code]) => [code, name]),
);

/** The name of errno as the last call left it, such as `EPERM`. */
export function lastErrno(): string {
  return errnoName(koffi().errno());
}

/** The name of an errno that the kernel handed over as a number. */
export function errnoName(code: number): string {
  return errnoNames.get(code) ?? `errno ${code}`;
}

/** Returns `result`, or throws the errno behind a negative one. */
export function checked(result: number | bigint, operation: string): number {
  if (result < 0) throw new SystemError(lastErrno(), operation);
  return Number(result);
}
