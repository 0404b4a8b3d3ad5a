/** One BPF program as the kernel tells it: struct bpf_prog_info of linux/bpf.h. */
import type { LoadedProgram } from '../../src/model/bpf-program.ts';
import { cleanBytes } from '../../src/model/clean-text.ts';
import { said } from '../netlink/fields.ts';

/** Where the members lie, and how long they are (BPF_TAG_SIZE, BPF_OBJ_NAME_LEN). */
const TAG = { at: 8, bytes: 8 } as const;
const NAME = { at: 64, bytes: 16 } as const;

/** The program of this id. Linux 4.13 and 4.14 tell no name yet, and leave the structure shorter. */
export function parseProgramInfo(id: number, info: Uint8Array): LoadedProgram {
  const name = member(info, NAME);
  const length = name?.indexOf(0) ?? 0;
  const tag = member(info, TAG);
  return said({
    id,
    name: name === undefined || length === 0 ? undefined : cleanBytes(name.subarray(0, length)),
    tag: tag === undefined ? undefined : Buffer.from(tag).toString('hex'),
  });
}

function member(info: Uint8Array, { at, bytes }: typeof TAG | typeof NAME): Uint8Array | undefined {
  return info.length < at + bytes ? undefined : info.subarray(at, at + bytes);
}
