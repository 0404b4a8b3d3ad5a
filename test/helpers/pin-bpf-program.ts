/**
 * A program of its own, run inside a lab: `node pin-bpf-program.ts sched_cls|xdp NAME PATH [drop]` loads a BPF program
 * that lets everything pass, or nothing, pins it at PATH on a bpf file system, for tc and ip to attach (bpf(2), linux/bpf.h), and prints
 * what /proc says of it (`prog_id:`, `prog_tag:`; bpf_prog_show_fdinfo of the kernel).
 */
import { readFileSync } from 'node:fs';
import { BPF_COMMAND, bpf, pin, pointerTo } from './bpf.ts';

/** BPF_PROG_TYPE_*, and the answers that let a packet pass or drop it: TC_ACT_OK and TC_ACT_SHOT, XDP_PASS and XDP_DROP. */
const TYPES: Readonly<
  Record<string, { readonly type: number; readonly pass: number; readonly drop: number }>
> = {
  sched_cls: { type: 3, pass: 0, drop: 2 },
  xdp: { type: 6, pass: 2, drop: 1 },
};
const BPF_OBJ_NAME_LEN = 16;

const [kind = '', name = '', path = '', answer] = process.argv.slice(2);
const chosen = TYPES[kind];
if (!chosen) throw new Error(`there is no type ${kind}`);

/** `r0 = answer` (BPF_ALU64 | BPF_MOV | BPF_K), `exit` (BPF_JMP | BPF_EXIT). */
const instructions = Buffer.alloc(16);
instructions.writeUInt8(0xb7, 0);
instructions.writeInt32LE(answer === 'drop' ? chosen.drop : chosen.pass, 4);
instructions.writeUInt8(0x95, 8);

const program = bpf(BPF_COMMAND.load, (attr) => {
  attr.writeUInt32LE(chosen.type, 0);
  attr.writeUInt32LE(instructions.length / 8, 4);
  attr.writeBigUInt64LE(pointerTo(instructions), 8);
  attr.writeBigUInt64LE(pointerTo(Buffer.from('GPL\0')), 16);
  attr.write(name.slice(0, BPF_OBJ_NAME_LEN - 1), 48, 'latin1');
});
pin(program, path);
process.stdout.write(readFileSync(`/proc/self/fdinfo/${program}`, 'utf8'));
