/** Which namespaces a proof listens in: those that the walk passes, both ends, and the host, through which a stray packet goes. */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FlowRequest, Trace } from '../../path/trace-flow.ts';

/** Why no probe can be sent for this flow; undefined where one can. */
export function whyNotSent({ from }: FlowRequest, { flow, trip }: Trace, uid: number): string | undefined {
  if (uid !== 0) return 'nothing was sent: that takes root';
  if (from.kind !== 'namespace') return `nothing was sent: ${from.text} is outside this host`;
  if (!trip || flow.destination === '') return 'nothing was sent: the flow has no beginning here';
  // fe80::/10 (RFC 4291): such an address means nothing without the link, which FROM and TO do not name.
  if (/^fe[89ab]/i.test(flow.destination))
    return `nothing was sent: ${flow.destination} is an address of one link alone`;
  if (flow.proto !== 'icmp' && flow.port === null) return `nothing was sent: ${flow.proto} needs a port`;
  return undefined;
}

/** Namespaces of the way, in the order of the snapshot; more than this are not listened to. */
const MOST_NAMESPACES = 32;

export function namespacesOnTheWay(
  { namespaces }: Snapshot,
  { from, to }: FlowRequest,
  { trip }: Trace,
): readonly Namespace[] {
  const ids = new Set([from, to].flatMap((end) => (end.kind === 'namespace' ? [end.id] : [])));
  for (const { namespace } of trip?.faults ?? []) ids.add(namespace.id);
  for (const end of [trip?.end, trip?.replyEnd]) if (end && 'namespace' in end) ids.add(end.namespace.id);
  const names = new Set([...(trip?.hops ?? []), ...(trip?.reply ?? [])].map(({ namespace }) => namespace));
  return namespaces
    .filter(({ id, name, kind }) => ids.has(id) || names.has(name) || kind === 'host')
    .slice(0, MOST_NAMESPACES);
}
