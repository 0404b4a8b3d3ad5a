/** A diagnosis with its proof on the wire, where one can be had; without, it says why. */
import type { Diagnosed } from '../checks/diagnose.ts';
import { judge } from '../live/prove/judge.ts';
import { proveFlow } from '../live/prove/prove.ts';
import { whyNotSent } from '../live/prove/way.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FlowRequest } from '../path/trace-flow.ts';
import { type System, SystemError } from '../system/system.ts';
import type { CommandContext } from './command.ts';

/** What is made for it is told on stderr. */
export async function proveDiagnosis(
  { out, signal }: Pick<CommandContext, 'out' | 'signal'>,
  system: System,
  snapshot: Snapshot,
  { request, diagnosed }: { readonly request: FlowRequest; readonly diagnosed: Diagnosed },
): Promise<Diagnosis> {
  const { diagnosis, trace } = diagnosed;
  const notRun = (outcome: string): Diagnosis => ({ ...diagnosis, live: { ...diagnosis.live, outcome } });
  const reason = whyNotSent(request, trace, system.host.uid);
  if (reason !== undefined) return notRun(reason);
  try {
    const proof = await proveFlow(system, snapshot, { request, trace }, { signal, note: out.note });
    return judge(diagnosis, trace, proof);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return notRun(`nothing was sent: ${error.message}`);
  }
}
