/**
 * What stands behind the screen: keeps a snapshot fresh, answers the screen's requests, and owns every capture and
 * attachment. It runs in a worker thread (`session-worker.ts`), so that reading never makes the screen wait.
 */
import type { EngineChoice } from '../../probes/engine-endpoint.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Message, Request } from '../store/messages.ts';
import type { System } from '../system/system.ts';
import { createAttachments } from './attachments.ts';
import { createCaptures } from './captures.ts';
import { diagnoseNow } from './diagnose-now.ts';
import { createFreshness } from './freshness.ts';
import { saveSnapshot } from './save-snapshot.ts';

export type SessionOptions = {
  readonly engine: EngineChoice;
  /** Attach every container's namespace while the session lives. */
  readonly attachAll: boolean;
  /** Looked at in place of the machine. */
  readonly saved?: Snapshot;
};

export type Session = {
  readonly handle: (request: Request) => void;
};

/** Starts at once; `post` gets the first snapshot as soon as it is read. Ends with a `closed` message after `close`. */
export function createSession(
  system: System,
  options: SessionOptions,
  post: (message: Message) => void,
): Session {
  const attachments = createAttachments(system, options.attachAll, post);
  const captures = createCaptures(system, post);
  const freshness = createFreshness(system, options.engine, {
    snapshot: (snapshot) => {
      captures.keepOnly(snapshot);
      attachments.follow(snapshot);
      post({ kind: 'snapshot', snapshot, attached: attachments.names() });
    },
    post,
  });
  const findNamespace = (id: string) =>
    freshness.snapshot()?.namespaces.find((namespace) => namespace.id === id);
  const closing = new AbortController();
  const diagnoses = new Set<Promise<void>>();
  const diagnoseFor = (request: Extract<Request, { kind: 'diagnose' }>, namespace: Namespace | undefined) => {
    const work = diagnoseNow(system, freshness.snapshot(), namespace, request, post, closing.signal);
    diagnoses.add(work);
    void work.finally(() => diagnoses.delete(work));
  };
  const close = async () => {
    closing.abort();
    // A proof takes away what it has made before it ends.
    await Promise.all([captures.stopAll(), freshness.close(), ...diagnoses]);
    attachments.close();
    post({ kind: 'closed' });
  };
  return {
    handle: (request) => {
      const namespace = 'namespace' in request ? findNamespace(request.namespace) : undefined;
      switch (request.kind) {
        case 'focus':
          freshness.focus(request.namespace, request.sections);
          break;
        case 'capture':
          captures.start(request, namespace);
          break;
        case 'stop-capture':
          captures.stop(request.id);
          break;
        case 'diagnose':
          diagnoseFor(request, namespace);
          break;
        case 'attach':
          if (namespace) attachments.attach(namespace);
          freshness.rescan();
          break;
        case 'detach':
          if (namespace) attachments.detach(namespace);
          freshness.rescan();
          break;
        case 'save-snapshot':
          void saveSnapshot(system, options.engine, post);
          break;
        case 'rescan':
          freshness.rescan();
          break;
        case 'close':
          void close();
          break;
      }
    },
  };
}
