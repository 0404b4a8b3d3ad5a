/** A diagnosis on a snapshot read for it, not on one that may be a second old. */
import { diagnose } from '../checks/diagnose.ts';
import { walkReading } from '../discover/walk-reading.ts';
import { askRoutes } from '../live/ask-routes.ts';
import { proveDiagnosis, whyUnproven } from '../live/prove/prove-diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import { readFlow } from '../path/read-flow.ts';
import type { FlowRequest } from '../path/trace-flow.ts';
import type { Message, Request } from '../store/messages.ts';
import type { System } from '../system/system.ts';
import { findTarget } from './find-target.ts';

/** Answers with a `diagnosis`, and another when it is proven, or with a `diagnosis-failed` message. */
export async function diagnoseNow(
  system: System,
  snapshot: Snapshot | undefined,
  namespace: Namespace | undefined,
  { id, to }: Extract<Request, { kind: 'diagnose' }>,
  post: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!snapshot || !namespace) {
    post({ kind: 'diagnosis-failed', id, reason: 'the namespace is gone' });
    return;
  }
  const asked = askRoutes(system, () => snapshot);
  try {
    const request = flowFrom(snapshot, namespace, to);
    const read = await walkReading(system, snapshot, (current) => diagnose(current, request, asked.ask));
    const { diagnosis, trace, met } = read.walked;
    const unproven = { request, diagnosis, trace };
    const proving = whyUnproven(system, unproven) === undefined;
    post({ kind: 'diagnosis', id, diagnosis, met, proving });
    if (!proving) return;
    // What is made for it bears netpeek's name and is gone with the answer; the pane says that it is being proven.
    const proven = await proveDiagnosis(system, read.snapshot, unproven, { signal, note: () => undefined });
    if (!signal.aborted) post({ kind: 'diagnosis', id, diagnosis: proven, met, proving: false });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    post({ kind: 'diagnosis-failed', id, reason: [error.message, error.advice].filter(Boolean).join(': ') });
  } finally {
    asked.close();
  }
}

/** From the namespace that stands on the screen to what was chosen or typed. Throws `UserError`. */
export function flowFrom(snapshot: Snapshot, from: Namespace, to: string | undefined): FlowRequest {
  const find = (text: string) => (text === from.name ? from : findTarget(snapshot, text));
  return {
    ...readFlow(snapshot, { from: from.name, to }, find),
    // The namespace itself, although its name may be another's too, or look like an address.
    from: { kind: 'namespace', id: from.id, text: from.name },
  };
}
