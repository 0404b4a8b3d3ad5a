/** Why a flow does or does not arrive: the walk there and back, then the checks over it. */
import type { Cause, Diagnosis, Verdict } from '../model/diagnosis.ts';
import type { MetRule } from '../model/met-rule.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import type { AskKernel } from '../path/route/query.ts';
import { type FlowRequest, type Trace, traceFlow } from '../path/trace-flow.ts';
import { withoutCutTables } from '../path/trusted-tables.ts';
import type { Fault } from '../path/walk/fault.ts';
import type { Check, CheckContext } from './check.ts';
import { checks } from './index.ts';
import { wantedPeers } from './listeners.ts';
import { lastSeen } from './unknown.ts';

export type Diagnosed = {
  readonly diagnosis: Diagnosis;
  /** What the diagnosis stands on. */
  readonly trace: Trace;
  /** The rules that the packet and its answer meet. */
  readonly met: readonly MetRule[];
  /** Ids of namespaces whose tables would be needed and were not read. */
  readonly wanted: readonly string[];
};

/**
 * The diagnosis as far as the snapshot tells; `ask` lets the kernel answer for its routes. The causes are looked for when the
 * diagnosis is first asked for: where more must be read, nobody wants those of the way so far.
 */
export function diagnose(read: Snapshot, request: FlowRequest, ask?: AskKernel): Diagnosed {
  const trace = traceFlow(read, request, ask);
  const snapshot = withoutCutTables(read);
  const context = trace.trip && contextOf(snapshot, request, trace, trace.trip);
  let concluded: Diagnosis | undefined;
  return {
    trace,
    met: trace.trip?.met ?? [],
    wanted: [...trace.wanted, ...(context ? wantedPeers(context) : [])],
    get diagnosis() {
      concluded ??= conclude(trace, context);
      return concluded;
    },
  };
}

function conclude({ flow, trip }: Trace, context: CheckContext | undefined): Diagnosis {
  const found = context ? findCauses(context) : [];
  return {
    flow,
    verdict: judge(found, trip?.verdict),
    causes: found.length > 0 ? found.map(({ cause }) => cause) : lastSeen(trip),
    hops: trip?.hops ?? [],
    reply: trip?.reply ?? [],
    live: { ran: false, sent: 0, answered: 0, lastSeen: null },
  };
}

/** What the walk says; a cause beside a walk that comes through is something that is wrong and not in the way. */
function judge(found: readonly Found[], walked: Verdict = 'undecided'): Verdict {
  if (found.length === 0) return walked;
  const degrades = walked !== 'broken' && found.every(({ check }) => check.weight === 'degrades');
  return walked === 'works' || degrades ? 'degraded' : 'broken';
}

function contextOf(
  snapshot: Snapshot,
  { from }: FlowRequest,
  { flow }: Trace,
  walk: CheckContext['walk'],
): CheckContext {
  return { snapshot, from: senderOf(snapshot, from), flow, walk };
}

/** The namespace that sends; the host for what comes from outside. */
function senderOf(snapshot: Snapshot, from: FlowRequest['from']): Namespace {
  const named = from.kind === 'namespace' ? findNamespace(snapshot, from.id) : undefined;
  const sender = named ?? snapshot.namespaces.find(({ kind }) => kind === 'host');
  if (!sender) throw new Error('a flow was traced in a snapshot without namespaces');
  return sender;
}

type Found = {
  readonly cause: Cause;
  readonly check: Check;
  /** Of the first fault that it goes by, in the order of the way. */
  readonly at: number;
};

/** The causes in the order in which the packet meets them, without those that another one explains; what only degrades comes last. */
function findCauses(context: CheckContext): readonly Found[] {
  const { faults } = context.walk;
  const found = checks.flatMap((check): readonly Found[] => {
    const met: number[] = [];
    const note = (fault: Fault) => void met.push(faults.indexOf(fault));
    const cause = check.evaluate({ ...context, note });
    if (cause === undefined || cause === 'inconclusive') return [];
    return [{ cause, check, at: check.weight === 'degrades' ? faults.length : Math.min(...met) }];
  });
  const silenced = new Set(found.flatMap(({ check }) => check.silences ?? []));
  return found.filter(({ cause }) => !silenced.has(cause.id)).toSorted((one, other) => one.at - other.at);
}
