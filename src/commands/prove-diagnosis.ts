/** The proof on the wire for a command: what is made for it is told on stderr, and Ctrl-C ends it. */
import type { Diagnosed } from '../checks/diagnose.ts';
import { proveDiagnosis as prove } from '../live/prove/prove-diagnosis.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FlowRequest } from '../path/trace-flow.ts';
import type { System } from '../system/system.ts';
import type { CommandContext } from './command.ts';

export function proveDiagnosis(
  { out, signal }: Pick<CommandContext, 'out' | 'signal'>,
  system: System,
  snapshot: Snapshot,
  { request, diagnosed }: { readonly request: FlowRequest; readonly diagnosed: Diagnosed },
): Promise<Diagnosis> {
  return prove(system, snapshot, { request, ...diagnosed }, { signal, note: out.note });
}
