/** What becomes of a packet that comes in by a link, computed from a snapshot: the checks of its addresses, rp_filter, forwarding, and where it goes. */
import type { Namespace } from '../../model/namespace.ts';
import { inputIpv4 } from './input-ipv4.ts';
import { inputIpv6 } from './ipv6.ts';
import { prepare } from './prepare.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';

/** `outLink` is not looked at. Of IPv6 multicasts only the route is told: which groups were joined is not read. */
export function routeInput(
  namespace: Namespace,
  query: RouteQuery & { readonly inLink: string },
): RouteAnswer {
  const prepared = prepare(namespace, query);
  if (prepared.kind === 'unknown') return prepared;
  const { fib, flow } = prepared;
  return query.family === 'ipv4' ? inputIpv4(fib, query, flow) : inputIpv6(fib, query, flow);
}
