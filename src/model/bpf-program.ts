/** What the kernel says of a BPF program that it holds (struct bpf_prog_info, linux/bpf.h). */
export type LoadedProgram = {
  readonly id: number;
  /** At most 15 bytes; absent where who loaded it gave none, or where it could not be asked. */
  readonly name?: string;
  /** A hash of its instructions, in hex: the same program has the same one wherever it is loaded. */
  readonly tag?: string;
};
