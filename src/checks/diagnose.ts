/** Why a flow does or does not leave: the walk, then the checks over it. Pure; without proof on the wire it never says 'works'. */
import type { Cause, Diagnosis, Flow } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { findSource } from '../path/route-lookup.ts';
import { withoutCutTables } from '../path/trusted-tables.ts';
import { walkEgress } from '../path/walk-egress.ts';
import type { CheckContext } from './check.ts';
import { parseDestination } from './destination.ts';
import { checks } from './index.ts';

export type DiagnosisRequest = {
  readonly from: Namespace;
  readonly fromText: string;
  /** `IP`, `IP:PORT`, `[IPv6]:PORT`; absent: the internet in general. */
  readonly to?: string | undefined;
  /** Absent: tcp with a port, else icmp. */
  readonly proto?: Flow['proto'] | undefined;
};

/** Throws `UserError` for a destination that cannot be understood. */
export function diagnose(read: Snapshot, { from: asked, fromText, to, proto }: DiagnosisRequest): Diagnosis {
  const snapshot = withoutCutTables(read);
  const from = findNamespace(snapshot, asked.id) ?? asked;
  const { port, ...destination } = parseDestination(to);
  const chosen = proto ?? (port === null ? 'icmp' : 'tcp');
  if (chosen === 'icmp' && port !== null)
    throw new UserError(EXIT.usage, 'icmp has no ports', 'leave the port out, or use --proto tcp or udp');
  const flow: Flow = {
    from: fromText,
    ...destination,
    proto: chosen,
    source: findSource(from, destination.destination) ?? '',
    port,
  };
  const walk = walkEgress(snapshot, from, flow);
  const causes = findCauses({ snapshot, from, flow, walk });
  return {
    flow,
    verdict: causes.length > 0 ? 'broken' : 'undecided',
    causes,
    hops: walk.hops,
    live: { ran: false, sent: 0, answered: 0, lastSeen: null },
  };
}

/** The causes, root cause first, without those that another one explains. */
function findCauses(context: CheckContext): readonly Cause[] {
  const found = checks.flatMap((check) => {
    const cause = check.evaluate(context);
    return cause === undefined || cause === 'inconclusive' ? [] : [{ cause, silences: check.silences ?? [] }];
  });
  const silenced = new Set(found.flatMap(({ silences }) => silences));
  return found.map(({ cause }) => cause).filter(({ id }) => !silenced.has(id));
}
