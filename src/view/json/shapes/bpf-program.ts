/** BPF programs in a snapshot file. */
import type { LoadedProgram } from '../../../model/bpf-program.ts';
import { number, optional, type Shape, text } from '../decode.ts';

export const loadedProgram: Shape<LoadedProgram> = { id: number, name: optional(text), tag: optional(text) };
