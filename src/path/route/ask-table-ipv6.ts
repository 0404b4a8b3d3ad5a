/** One IPv6 table's answer: fib6_table_lookup() and fib6_select_path() of net/ipv6/route.c. */
import type { NextHop, Route } from '../../model/route.ts';
import { coveringRoutes, type Fib, type Table } from './fib.ts';
import type { Flow } from './flow.ts';
import { type FibOutcome, refusing } from './outcome.ts';

export type Preferring = {
  /** The link whose routes are preferred: the one it must leave by, or the one it came in by. */
  readonly ifindex?: number;
  /** Routes of other links do not count at all (RT6_LOOKUP_F_IFACE). */
  readonly strict: boolean;
  /** A host, unlike a router, passes over gateways that do not answer (RT6_LOOKUP_F_REACHABLE). */
  readonly gateways: 'all-count' | 'not-failed' | 'none-answers';
};

/** undefined: none, or `throw`, so that the next rule is asked. */
export function askTableIpv6(
  fib: Fib,
  flow: Flow,
  table: Table,
  preferring: Preferring,
): FibOutcome | undefined {
  const groups = [...coveringRoutes(table, flow.destination, 'ipv6')];
  if (groups.flat().some(({ from }) => from !== undefined))
    return { kind: 'unknown', why: 'routes that are for some sources only' };
  const attempts =
    preferring.gateways === 'all-count' ? [preferring.gateways] : [preferring.gateways, 'all-count' as const];
  for (const gateways of attempts) {
    for (const same of groups) {
      const found = select(fib, same, { ...preferring, gateways });
      if (found) return outcomeOf(found, same, preferring);
    }
  }
  return undefined;
}

type Candidate = { readonly route: Route; readonly hop: NextHop };

/** rt6_select(): the best of the lowest metric; if none of that is usable, the best of all others. */
function select(fib: Fib, routes: readonly Route[], preferring: Preferring): Candidate | undefined {
  const lowest = routes[0]?.metric ?? 0;
  const first = best(
    fib,
    routes.filter(({ metric = 0 }) => metric === lowest),
    preferring,
  );
  return (
    first ??
    best(
      fib,
      routes.filter(({ metric = 0 }) => metric !== lowest),
      preferring,
    )
  );
}

/** find_match(): the first of the highest score. */
function best(fib: Fib, routes: readonly Route[], preferring: Preferring): Candidate | undefined {
  let found: { readonly candidate: Candidate; readonly score: number } | undefined;
  for (const route of routes) {
    for (const hop of hopsOf(route)) {
      const score = scoreOf(fib, route, hop, preferring);
      if (score !== undefined && (!found || score > found.score))
        found = { candidate: { route, hop }, score };
    }
  }
  return found?.candidate;
}

const NOWHERE: readonly NextHop[] = [{ flags: [] }];

function hopsOf(route: Route): readonly NextHop[] {
  return route.nextHops.length === 0 ? NOWHERE : route.nextHops;
}

/** IPV6_DECODE_PREF() */
const PREFERENCE = { low: 1, medium: 2, high: 3 } as const;

/** rt6_score_route(); undefined: not usable. */
function scoreOf(fib: Fib, route: Route, hop: NextHop, preferring: Preferring): number | undefined {
  if (hop.flags.includes('dead')) return undefined;
  const fits = preferring.ifindex === undefined || preferring.ifindex === hop.ifindex;
  if (!fits && preferring.strict) return undefined;
  if (hop.gateway !== undefined && hasFailed(fib, hop, preferring.gateways)) return undefined;
  return (fits ? 2 : 0) | (PREFERENCE[route.preference ?? 'medium'] << 2);
}

/** rt6_check_neigh(), with router preferences compiled in as they are everywhere. */
function hasFailed(
  { namespace }: Fib,
  { gateway, ifindex }: NextHop,
  gateways: Preferring['gateways'],
): boolean {
  if (gateways !== 'not-failed') return gateways === 'none-answers';
  return (namespace.neighbours ?? []).some(
    (one) => one.ifindex === ifindex && one.address === gateway && one.state === 'FAILED',
  );
}

function outcomeOf(
  { route, hop }: Candidate,
  same: readonly Route[],
  { ifindex, strict }: Preferring,
): FibOutcome | undefined {
  const how = refusing(route.type);
  if (how) return { kind: 'refused', how, route };
  if (route.type === 'throw') return undefined;
  if (route.nextHops.length === 0 && same.length > 0)
    return { kind: 'unknown', why: `the next hop of the route to ${route.destination} was not read` };
  // Of a route's several next hops the hash chooses, whatever they score.
  const others = route.nextHops.filter(
    (one) =>
      one !== hop &&
      !one.flags.includes('dead') &&
      (!strict || ifindex === undefined || one.ifindex === ifindex),
  );
  return { kind: 'route', route, hops: [hop, ...others] };
}
