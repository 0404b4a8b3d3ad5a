/**
 * One IPv6 table's answer to a question that is not a packet's own way: ip6_pol_route_lookup() and rt6_device_match() of
 * net/ipv6/route.c. Neither preference nor reachability counts, only a link where one is named.
 */
import type { NextHop, Route } from '../../model/route.ts';
import { coveringRoutes, type Table } from './fib.ts';
import type { Flow } from './flow.ts';
import { type FibOutcome, refusing } from './outcome.ts';

export type Device = {
  /** The link whose routes are taken before others of the same prefix. */
  readonly ifindex?: number;
  /** No other link's routes count at all (RT6_LOOKUP_F_IFACE). */
  readonly strict: boolean;
};

type Candidate = { readonly route: Route; readonly hop: NextHop };

/** undefined: none, or `throw`, so that the next rule is asked. */
export function matchDeviceIpv6(flow: Flow, table: Table, device: Device): FibOutcome | undefined {
  const groups = [...coveringRoutes(table, flow.destination, 'ipv6')];
  if (groups.flat().some(({ from }) => from !== undefined))
    return { kind: 'unknown', why: 'routes that are for some sources only' };
  for (const same of groups) {
    const found = match(same.flatMap(candidatesOf), device);
    if (found === 'unknown')
      return { kind: 'unknown', why: `which route to ${same[0]?.destination} stands in for a dead one` };
    if (found) return outcomeOf(found, device);
  }
  return undefined;
}

function candidatesOf(route: Route): readonly Candidate[] {
  const hops: readonly NextHop[] = route.nextHops.length === 0 ? [{ flags: [] }] : route.nextHops;
  return hops.map((hop) => ({ route, hop }));
}

function match(
  candidates: readonly Candidate[],
  { ifindex, strict }: Device,
): Candidate | 'unknown' | undefined {
  const living = candidates.filter(({ hop }) => !hop.flags.includes('dead'));
  if (ifindex !== undefined) {
    const fitting = living.find(({ hop }) => hop.ifindex === ifindex);
    if (fitting || strict) return fitting;
  }
  const [first] = candidates;
  if (first === living[0]) return first;
  // Without a link, another route is taken only for the sake of an own address.
  return ifindex === undefined && living.length > 0 ? 'unknown' : undefined;
}

function outcomeOf({ route, hop }: Candidate, { ifindex }: Device): FibOutcome | undefined {
  const how = refusing(route.type);
  if (how) return { kind: 'refused', how, route };
  if (route.type === 'throw') return undefined;
  if (route.nextHops.length === 0)
    return { kind: 'unknown', why: `the next hop of the route to ${route.destination} was not read` };
  const others = route.nextHops.filter((one) => one !== hop && !one.flags.includes('dead'));
  // Of several, the hash of the flow chooses, unless a link is named (fib6_select_path()).
  return { kind: 'route', route, hops: ifindex === undefined ? [hop, ...others] : [hop] };
}
