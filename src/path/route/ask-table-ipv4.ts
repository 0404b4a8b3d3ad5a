/** One IPv4 table's answer: fib_table_lookup() of net/ipv4/fib_trie.c. */
import type { Route } from '../../model/route.ts';
import { coveringRoutes, type Fib, type Table } from './fib.ts';
import type { Flow } from './flow.ts';
import { type FibOutcome, refusing } from './outcome.ts';

/**
 * The route of the longest prefix that has a usable next hop, and of those the one with the lowest metric. undefined:
 * none, or `throw`. `ignoreLinkState`: next hops without carrier count although ignore_routes_with_linkdown is set.
 */
export function askTableIpv4(
  fib: Fib,
  flow: Flow,
  table: Table,
  ignoreLinkState = false,
): FibOutcome | undefined {
  const oif = flow.oif === undefined ? undefined : fib.links.find(({ name }) => name === flow.oif)?.ifindex;
  for (const same of coveringRoutes(table, flow.destination, 'ipv4')) {
    for (const route of same) {
      if ((route.tos ?? 0) !== 0) continue;
      const how = refusing(route.type);
      if (how) return { kind: 'refused', how, route };
      if (route.type === 'throw') return undefined;
      if (!USABLE.has(route.type)) return { kind: 'unknown', why: `a route of type ${route.type}` };
      if (route.nextHops.length === 0)
        return { kind: 'unknown', why: `the next hop of the route to ${route.destination} was not read` };
      const hops = route.nextHops.filter(
        ({ flags, ifindex }) =>
          (!flags.includes('dead') || (ignoreLinkState && flags.includes('linkdown'))) &&
          (flow.oif === undefined || ifindex === oif),
      );
      if (hops.length === 0) continue;
      return { kind: 'route', route, hops, rivals: rivalsOf(route, same) };
    }
  }
  return undefined;
}

const USABLE: ReadonlySet<string> = new Set(['unicast', 'local', 'broadcast', 'multicast', 'anycast']);

/** fib_select_default(): of several default routes of one metric, the neighbours' states decide. */
function rivalsOf(route: Route, same: readonly Route[]): readonly Route[] {
  if (route.destination !== 'default' || route.type !== 'unicast' || route.nextHops.length > 1) return [];
  if (route.nextHops[0]?.gateway === undefined) return [];
  return same.filter(
    (other) =>
      other !== route &&
      other.type === 'unicast' &&
      other.table === route.table &&
      (other.tos ?? 0) === 0 &&
      (other.metric ?? 0) === (route.metric ?? 0) &&
      other.scope === route.scope &&
      other.nextHops[0]?.gateway !== undefined,
  );
}
