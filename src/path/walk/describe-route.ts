/** A route's answer in words: what was asked, and what it says, as `ip route get` would put it. */
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { RouteAnswer } from '../route/query.ts';

export function describeRoute(
  _namespace: Namespace,
  { destination }: Packet,
  { type, link, gateway, table, route }: Extract<RouteAnswer, { kind: 'found' }>,
): string {
  if (type === 'local') return `${destination} is an address of its own`;
  const via = gateway === undefined ? 'on the link itself' : `via ${gateway}`;
  const by = route === undefined ? '' : `, by route ${route.destination}`;
  const from = table === undefined || table === 'main' || table === 'local' ? '' : ` of table ${table}`;
  return `to ${destination} ${via} dev ${link}${by}${from}`;
}
