/** bpf(2) for the programs that tests run inside a lab: union bpf_attr is filled by hand (linux/bpf.h). */
import koffi from 'koffi';

export const BPF_COMMAND = { load: 5, pin: 6, get: 7, attach: 8, createLink: 28 } as const;

const SYS_BPF = process.arch === 'arm64' ? 280 : 321;
/** union bpf_attr of these commands, as far as it is used, with room to spare. */
const ATTR_BYTES = 128;

const syscall = koffi
  .load(null)
  .func('long syscall(long number, int command, void *attr, unsigned int size)');
const kept: Buffer[] = [];

/** The address of bytes that stay where they are until the process ends. */
export function pointerTo(bytes: Buffer): bigint {
  kept.push(bytes);
  return koffi.address(bytes);
}

/** What the kernel answers, a descriptor for most commands. Throws its errno. */
export function bpf(command: number, fill: (attr: Buffer) => void): number {
  const attr = Buffer.alloc(ATTR_BYTES);
  fill(attr);
  const answer = Number(syscall(SYS_BPF, command, attr, ATTR_BYTES));
  if (answer < 0) throw new Error(`bpf command ${command}: errno ${koffi.errno()}`);
  return answer;
}

/** Keeps what a descriptor stands for, a program or a link, under a path on a bpf file system. */
export function pin(fd: number, path: string): void {
  bpf(BPF_COMMAND.pin, (attr) => {
    attr.writeBigUInt64LE(pointerTo(Buffer.from(`${path}\0`)), 0);
    attr.writeUInt32LE(fd, 8);
  });
}

/** The descriptor of what is kept under this path. */
export function openPinned(path: string): number {
  return bpf(BPF_COMMAND.get, (attr) => {
    attr.writeBigUInt64LE(pointerTo(Buffer.from(`${path}\0`)), 0);
  });
}
