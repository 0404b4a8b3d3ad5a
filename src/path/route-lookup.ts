/**
 * The route of a destination, computed from the tables local, main and default in that order (ip-rule(8), the rules
 * every namespace starts with): longest prefix, then lowest metric. Policy rules are not read yet, so that routes in
 * any other table make the answer uncertain.
 */
import type { Namespace } from '../model/namespace.ts';
import type { NextHop, Route } from '../model/route.ts';
import { contains, familyOf, prefixLength } from './prefix.ts';

const TABLES = ['local', 'main', 'default'];

export type Lookup =
  | { readonly kind: 'unread' }
  | { readonly kind: 'none'; readonly uncertain?: string }
  | {
      readonly kind: 'found';
      readonly route: Route;
      /** Absent where the route names none: a blackhole, or a next hop object. */
      readonly hop?: NextHop;
      readonly uncertain?: string;
    };

/** The route that the namespace would use for its own packet, or for one it forwards. */
export function lookUpRoute(namespace: Namespace, destination: string): Lookup {
  if (!namespace.routes) return { kind: 'unread' };
  const family = familyOf(destination);
  const routes = namespace.routes.filter((route) => route.family === family);
  const others = new Set(routes.map(({ table }) => table).filter((table) => !TABLES.includes(table)));
  const uncertain =
    others.size > 0
      ? { uncertain: `policy rules may choose table ${[...others].join(' or ')}; they were not read` }
      : {};
  for (const table of TABLES) {
    const route = best(routes.filter((entry) => entry.table === table && applies(entry, destination)));
    if (!route || route.type === 'throw') continue;
    const alive = route.nextHops.filter((hop) => !hop.flags.includes('dead'));
    const [hop] = alive;
    const several = new Set(alive.map(({ ifindex }) => ifindex)).size > 1;
    return {
      kind: 'found',
      route,
      ...(hop ? { hop } : {}),
      ...(several
        ? { uncertain: 'the route has several next hops, and the kernel chooses by flow' }
        : uncertain),
    };
  }
  return { kind: 'none', ...uncertain };
}

/** The source address that a packet of this namespace itself gets: the route's, else the sending link's first. */
export function findSource(namespace: Namespace, destination: string): string | undefined {
  const found = lookUpRoute(namespace, destination);
  if (found.kind !== 'found') return undefined;
  const own = (namespace.addresses ?? []).filter(
    ({ ifindex, scope }) => ifindex === found.hop?.ifindex && scope !== 'link',
  );
  const family = familyOf(destination);
  return found.route.source ?? own.find((address) => address.family === family)?.address;
}

/** A route as `ip route` would print it, for evidence. */
export function formatRoute({ type, destination, nextHops, metric }: Route, linkName?: string): string {
  const [hop] = nextHops;
  return [
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(hop?.gateway === undefined ? [] : ['via', hop.gateway]),
    ...(linkName === undefined ? [] : ['dev', linkName]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
  ].join(' ');
}

function applies(route: Route, destination: string): boolean {
  const usable = route.type !== 'unicast' || route.nextHops.length === 0 || route.nextHops.some(isAlive);
  return usable && (route.destination === 'default' || contains(route.destination, destination) === true);
}

function isAlive(hop: NextHop): boolean {
  return !hop.flags.includes('dead');
}

function best(routes: readonly Route[]): Route | undefined {
  return routes.toSorted(
    (left, right) =>
      prefixLength(right.destination) - prefixLength(left.destination) ||
      (left.metric ?? 0) - (right.metric ?? 0),
  )[0];
}
