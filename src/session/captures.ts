/** The captures that the screen asked for, by the ids it chose. */
import { type Capture, startCapture } from '../live/capture.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import type { Message, Request } from '../store/messages.ts';
import type { System } from '../system/system.ts';

/** Milliseconds that lines are gathered: the screen draws thirty times a second at most. */
const GATHER_MS = 40;
/** Milliseconds between questions how many packets were dropped. */
const DROPPED_EVERY_MS = 2_000;

type Running = { readonly capture: Capture; readonly namespace: Namespace; readonly gone?: true };

export type Captures = {
  readonly start: (request: Extract<Request, { kind: 'capture' }>, namespace: Namespace | undefined) => void;
  readonly stop: (id: number) => void;
  /** Ends captures whose namespace is gone or kept alive by tcpdump alone. */
  readonly keepOnly: (snapshot: Snapshot) => void;
  readonly stopAll: () => Promise<void>;
};

/** Sweeps what an earlier, killed netpeek left capturing, then waits for requests. */
export function createCaptures(system: System, post: (message: Message) => void): Captures {
  system.processes.sweep();
  const running = new Map<number, Running>();
  const ends = new Map<number, Promise<void>>();

  const follow = async (request: Extract<Request, { kind: 'capture' }>, namespace: Namespace) => {
    const { id, link, filter } = request;
    try {
      const onDropped = (dropped: number) => post({ kind: 'capture-stats', id, dropped });
      const wanted = { ...(link === undefined ? {} : { link }), filter, format: 'text' } as const;
      const capture = await startCapture(system, namespace, wanted, onDropped);
      running.set(id, { capture, namespace });
      post({ kind: 'capture-started', id, command: capture.command.join(' ') });
      const asking = setInterval(capture.askDropped, DROPPED_EVERY_MS);
      await gatherLines(capture.lines(), (lines) => post({ kind: 'capture-lines', id, lines }));
      const { dropped, complaint } = await capture.ended.finally(() => clearInterval(asking));
      const end = {
        ...(running.get(id)?.gone ? { why: `${namespace.name} is gone` } : {}),
        ...(dropped === undefined ? {} : { dropped }),
        ...(complaint === undefined ? {} : { error: complaint }),
      };
      post({ kind: 'capture-ended', id, ...end });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      post({ kind: 'capture-ended', id, error: [error.message, error.advice].filter(Boolean).join(': ') });
    } finally {
      running.delete(id);
      ends.delete(id);
    }
  };
  const stop = (id: number) => running.get(id)?.capture.stop();
  return {
    start: (request, namespace) => {
      if (namespace) ends.set(request.id, follow(request, namespace));
      else post({ kind: 'capture-ended', id: request.id, error: 'the namespace is gone' });
    },
    stop,
    keepOnly: (snapshot) => {
      const alive = new Map(snapshot.namespaces.map((namespace) => [namespace.id, namespace.kind]));
      for (const [id, one] of running) {
        if (one.gone || alive.get(one.namespace.id) === one.namespace.kind) continue;
        running.set(id, { ...one, gone: true });
        stop(id);
      }
    },
    stopAll: async () => {
      for (const id of running.keys()) stop(id);
      await Promise.all(ends.values());
    },
  };
}

/** Hands lines on in batches, so that a flood of packets is not a flood of messages. */
async function gatherLines(
  lines: AsyncIterable<string>,
  hand: (lines: readonly string[]) => void,
): Promise<void> {
  let batch: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (batch.length > 0) hand(batch);
    batch = [];
  };
  for await (const line of lines) {
    batch.push(line);
    timer ??= setTimeout(flush, GATHER_MS);
  }
  clearTimeout(timer);
  flush();
}
