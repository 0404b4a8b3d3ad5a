/**
 * A program of its own, run inside a lab: `node pin-bpf-program.ts sched_cls|xdp NAME PATH` loads a BPF program that
 * lets everything pass, and pins it at PATH on a bpf file system, for tc and ip to attach (bpf(2), linux/bpf.h).
 */
import koffi from 'koffi';

const SYS_BPF = process.arch === 'arm64' ? 280 : 321;
const BPF_PROG_LOAD = 5;
const BPF_OBJ_PIN = 6;
/** BPF_PROG_TYPE_*, and the answer that lets a packet pass: TC_ACT_OK, XDP_PASS. */
const TYPES: Readonly<Record<string, { readonly type: number; readonly pass: number }>> = {
  sched_cls: { type: 3, pass: 0 },
  xdp: { type: 6, pass: 2 },
};
/** union bpf_attr of these commands, as far as it is used, with room to spare. */
const ATTR_BYTES = 128;
const BPF_OBJ_NAME_LEN = 16;

const [kind = '', name = '', path = ''] = process.argv.slice(2);
const chosen = TYPES[kind];
if (!chosen) throw new Error(`there is no type ${kind}`);

const syscall = koffi
  .load(null)
  .func('long syscall(long number, int command, void *attr, unsigned int size)');
const kept: Buffer[] = [];

function pointerTo(bytes: Buffer): bigint {
  kept.push(bytes);
  return koffi.address(bytes);
}

function bpf(command: number, fill: (attr: Buffer) => void): number {
  const attr = Buffer.alloc(ATTR_BYTES);
  fill(attr);
  const answer = Number(syscall(SYS_BPF, command, attr, ATTR_BYTES));
  if (answer < 0) throw new Error(`bpf command ${command} of ${name}: errno ${koffi.errno()}`);
  return answer;
}

/** `r0 = pass` (BPF_ALU64 | BPF_MOV | BPF_K), `exit` (BPF_JMP | BPF_EXIT). */
const instructions = Buffer.alloc(16);
instructions.writeUInt8(0xb7, 0);
instructions.writeInt32LE(chosen.pass, 4);
instructions.writeUInt8(0x95, 8);

const program = bpf(BPF_PROG_LOAD, (attr) => {
  attr.writeUInt32LE(chosen.type, 0);
  attr.writeUInt32LE(instructions.length / 8, 4);
  attr.writeBigUInt64LE(pointerTo(instructions), 8);
  attr.writeBigUInt64LE(pointerTo(Buffer.from('GPL\0')), 16);
  attr.write(name.slice(0, BPF_OBJ_NAME_LEN - 1), 48, 'latin1');
});
bpf(BPF_OBJ_PIN, (attr) => {
  attr.writeBigUInt64LE(pointerTo(Buffer.from(`${path}\0`)), 0);
  attr.writeUInt32LE(program, 8);
});
