/** A diagnosis with its proof on the wire, where one can be had; without, it says why. */
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FlowRequest, Trace } from '../../path/trace-flow.ts';
import { type System, SystemError } from '../../system/system.ts';
import { judge } from './judge.ts';
import { proveFlow } from './prove.ts';
import { whyNotSent } from './way.ts';

/** What was found without sending anything, and of which flow. */
export type Unproven = {
  readonly request: FlowRequest;
  readonly diagnosis: Diagnosis;
  readonly trace: Trace;
};

export type ProofOptions = {
  readonly signal: AbortSignal;
  /** Told of what is made for the proof. */
  readonly note: (text: string) => void;
};

/** Why nothing can be sent for this flow; undefined where a proof can be tried. */
export function whyUnproven(system: System, { request, trace }: Unproven): string | undefined {
  return whyNotSent(request, trace, system.host.uid);
}

/** Takes up to three seconds. Throws nothing that the outside has done. */
export async function proveDiagnosis(
  system: System,
  snapshot: Snapshot,
  unproven: Unproven,
  options: ProofOptions,
): Promise<Diagnosis> {
  const { request, diagnosis, trace } = unproven;
  const notRun = (outcome: string): Diagnosis => ({ ...diagnosis, live: { ...diagnosis.live, outcome } });
  const reason = whyUnproven(system, unproven);
  if (reason !== undefined) return notRun(reason);
  try {
    return judge(diagnosis, trace, await proveFlow(system, snapshot, { request, trace }, options));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return notRun(`nothing was sent: ${error.message}`);
  }
}
