/** What stands behind the screen where a snapshot file is looked at: nothing is read, nothing is done, all is answered from it. */
import { diagnose } from '../checks/diagnose.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import type { Message, Request } from '../store/messages.ts';
import type { Clock } from '../system/system.ts';
import { flowFrom } from './diagnose-now.ts';
import type { Session } from './session.ts';

const NOT_LIVE = 'this is a snapshot file: start netpeek without --snapshot for that';

/** Posts the snapshot at once. Ends with a `closed` message after `close`. */
export function createSavedSession(
  clock: Clock,
  snapshot: Snapshot,
  post: (message: Message) => void,
): Session {
  post({ kind: 'snapshot', snapshot, attached: [] });
  const of = snapshot.hostname === '' ? '' : ` of ${snapshot.hostname}`;
  post({ kind: 'notice', level: 'info', text: `snapshot${of}, taken at ${snapshot.takenAt}` });
  const refuse = () => post({ kind: 'notice', level: 'warning', text: NOT_LIVE });
  const focus = (id: string) => {
    const namespace = findNamespace(snapshot, id);
    const gaps = snapshot.gaps.filter((gap) => gap.namespace === id);
    if (namespace) post({ kind: 'namespace', namespace, gaps, atMs: clock.monotonicMs() });
  };
  const answer = ({ id, namespace, to }: Extract<Request, { kind: 'diagnose' }>) => {
    const from = findNamespace(snapshot, namespace);
    if (!from) return post({ kind: 'diagnosis-failed', id, reason: 'the namespace is not in the snapshot' });
    try {
      const { diagnosis, met } = diagnose(snapshot, flowFrom(snapshot, from, to));
      post({ kind: 'diagnosis', id, diagnosis, met, proving: false });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const reason = [error.message, error.advice].filter(Boolean).join(': ');
      post({ kind: 'diagnosis-failed', id, reason });
    }
  };
  return {
    handle: (request) => {
      switch (request.kind) {
        case 'focus':
          return focus(request.namespace);
        case 'diagnose':
          return answer(request);
        case 'capture':
          return post({ kind: 'capture-ended', id: request.id, error: NOT_LIVE });
        case 'attach':
        case 'detach':
        case 'save-snapshot':
          return refuse();
        case 'stop-capture':
        case 'rescan':
          return;
        case 'close':
          return post({ kind: 'closed' });
      }
    },
  };
}
