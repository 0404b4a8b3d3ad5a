/** The kernel's BPF programs: what it says of one, and which hang on a link (bpf(2); union bpf_attr of linux/bpf.h). */
import { closeSync } from 'node:fs';
import { checked, libc } from './libc.ts';
import type { LoadedPrograms } from './system.ts';

/** enum bpf_cmd */
const COMMAND = { BPF_PROG_GET_FD_BY_ID: 13, BPF_OBJ_GET_INFO_BY_FD: 15, BPF_PROG_QUERY: 16 } as const;
/** The part of union bpf_attr that these commands know; what is left at 0 asks an older kernel for nothing that it lacks. */
const ATTR_BYTES = 64;
/** struct bpf_prog_info up to and with the program's name. */
const INFO_BYTES = 80;
/** Programs on one attach point: BPF_MPROG_MAX (linux/bpf_mprog.h), which the kernel never exceeds. */
const MOST_ATTACHED = 64;

/** The programs of this machine. */
export function realPrograms(): LoadedPrograms {
  return { info: readProgramInfo };
}

/** As much of struct bpf_prog_info as this kernel fills. Throws `SystemError`. */
function readProgramInfo(id: number): Uint8Array {
  const wanted = newAttr();
  wanted.setUint32(0, id, true);
  const fd = submit('BPF_PROG_GET_FD_BY_ID', wanted);
  try {
    const info = new Uint8Array(new ArrayBuffer(INFO_BYTES));
    const attr = newAttr();
    attr.setUint32(0, fd, true);
    attr.setUint32(4, INFO_BYTES, true);
    attr.setBigUint64(8, libc().addressOf(info), true);
    submit('BPF_OBJ_GET_INFO_BY_FD', attr);
    return info.slice(0, attr.getUint32(4, true));
  } finally {
    closeSync(fd);
  }
}

/** The ids of what hangs on a link of the thread's namespace, in the order it runs. Throws `SystemError`. */
export function readAttachedPrograms(ifindex: number, attachType: number): readonly number[] {
  const ids = new Uint32Array(new ArrayBuffer(MOST_ATTACHED * 4));
  const attr = newAttr();
  attr.setUint32(0, ifindex, true);
  attr.setUint32(4, attachType, true);
  attr.setBigUint64(16, libc().addressOf(new Uint8Array(ids.buffer)), true);
  attr.setUint32(24, MOST_ATTACHED, true);
  submit('BPF_PROG_QUERY', attr);
  return [...ids.subarray(0, attr.getUint32(24, true))];
}

function newAttr(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(ATTR_BYTES));
}

function submit(command: keyof typeof COMMAND, attr: DataView<ArrayBuffer>): number {
  return checked(libc().bpf(COMMAND[command], new Uint8Array(attr.buffer), ATTR_BYTES), `bpf(${command})`);
}
