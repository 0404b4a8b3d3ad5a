/** Asks for BPF programs by id (BPF_PROG_GET_FD_BY_ID, BPF_OBJ_GET_INFO_BY_FD of bpf(2)), for each only once in a scan. */
import type { LoadedProgram } from '../../src/model/bpf-program.ts';
import type { Gap } from '../../src/model/gap.ts';
import { type LoadedPrograms, SystemError } from '../../src/system/system.ts';
import { parseProgramInfo } from './program.ts';

/** What came of asking for one: neither where it is gone by now. */
type Told = { readonly program?: LoadedProgram; readonly refused?: SystemError };

export type AskProgram = (id: number) => Told;

/** Remembers every answer, so it is made anew for each scan: the kernel gives an id away again some day. */
export function programAsker(programs: LoadedPrograms): AskProgram {
  const known = new Map<number, Told>();
  return (id) => {
    const told = known.get(id) ?? askFor(programs, id);
    known.set(id, told);
    return told;
  };
}

function askFor(programs: LoadedPrograms, id: number): Told {
  try {
    return { program: parseProgramInfo(id, programs.info(id)) };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return error.code === 'ENOENT' ? {} : { refused: error };
  }
}

/** The gap where one of these ids could not be asked for; it hides names, and nothing else. */
export function unnamedPrograms(ids: readonly number[], ask: AskProgram): readonly Gap[] {
  for (const id of ids) {
    const { refused } = ask(id);
    if (refused) return [programsGap('bpf', 'names of programs', refused)];
  }
  return [];
}

/** A gap that bpf(2) leaves, with the right that closes it. */
export function programsGap(probe: string, what: string, { code, message }: SystemError): Gap {
  const needs = code === 'EPERM' ? { needs: 'run as root (CAP_SYS_ADMIN)' } : {};
  return { probe, reason: `${what}: ${message}`, ...needs };
}
