/** A diagnosis on a snapshot read for it, not on one that may be a second old. */
import { diagnose } from '../checks/diagnose.ts';
import { deepenForPath } from '../discover/deepen.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import type { Message, Request } from '../store/messages.ts';
import type { System } from '../system/system.ts';

/** Answers with a `diagnosis` or a `diagnosis-failed` message. */
export async function diagnoseNow(
  system: System,
  snapshot: Snapshot | undefined,
  namespace: Namespace | undefined,
  { id, to }: Extract<Request, { kind: 'diagnose' }>,
  post: (message: Message) => void,
): Promise<void> {
  if (!snapshot || !namespace) {
    post({ kind: 'diagnosis-failed', id, reason: 'the namespace is gone' });
    return;
  }
  try {
    const deep = await deepenForPath(system, snapshot, namespace);
    const from = findNamespace(deep, namespace.id) ?? namespace;
    const diagnosis = diagnose(deep, { from, fromText: namespace.name, ...(to === undefined ? {} : { to }) });
    post({ kind: 'diagnosis', id, diagnosis });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    post({ kind: 'diagnosis-failed', id, reason: [error.message, error.advice].filter(Boolean).join(': ') });
  }
}
