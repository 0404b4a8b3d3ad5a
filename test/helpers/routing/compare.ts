/** Holds a computed answer against the kernel's. */

import type { Route } from '../../../src/model/route.ts';
import type { KernelRoute, RouteQuery } from '../../../src/model/route-query.ts';
import type { RouteAnswer } from '../../../src/path/route/query.ts';

const EMSGSIZE = 90;
const ENETUNREACH = 101;
const EHOSTUNREACH = 113;
const [EACCES, EINVAL, EXDEV] = [13, 22, 18];

/** What the kernel may say where netpeek says this. A rule that is `unreachable` says that of the network. */
const ERRNOS: Readonly<Record<Extract<RouteAnswer, { kind: 'refused' }>['how'], readonly number[]>> = {
  none: [ENETUNREACH],
  blackhole: [EINVAL],
  unreachable: [EHOSTUNREACH, ENETUNREACH],
  prohibit: [EACCES],
  'reverse-path': [EINVAL, EXDEV],
  martian: [EINVAL, EXDEV, ENETUNREACH],
  'forwarding-off': [EHOSTUNREACH],
};

type Links = readonly { readonly ifindex: number; readonly name: string }[];

/** How the two contradict each other, or undefined. An unknown answer contradicts nothing. */
export function findContradiction(
  query: RouteQuery,
  computed: RouteAnswer,
  kernel: KernelRoute,
  matching: Route | undefined,
  links: Links,
): string | undefined {
  if (computed.kind === 'unknown') return undefined;
  if (computed.kind === 'refused') {
    // The kernel checks these only after it has routed.
    const later = computed.how === 'martian' || computed.how === 'forwarding-off';
    if (query.family === 'ipv6' && later) return undefined;
    if (kernel.kind === 'found') return `refused (${computed.how})`;
    return ERRNOS[computed.how].includes(kernel.errno) ? undefined : `refused (${computed.how})`;
  }
  if (kernel.kind === 'refused') {
    // It looks for a multicast forwarding entry where it is to tell of one that came in (ip6mr_get_route()).
    const cannotTell =
      kernel.errno === EMSGSIZE && computed.type === 'multicast' && query.inLink !== undefined;
    return cannotTell ? undefined : 'found';
  }
  const asks = query.source === undefined && query.inLink === undefined;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['type', computed.type, typeOf(query, kernel.type)],
    ['link', computed.link, links.find(({ ifindex }) => ifindex === kernel.ifindex)?.name],
    ['gateway', computed.gateway, kernel.gateway],
    [
      'source',
      computed.source,
      asks && computed.sourceUnknown === undefined ? kernel.source : computed.source,
    ],
    ['mtu', computed.mtu, saysMtu(query, computed) ? kernel.mtu : computed.mtu],
    ['route', describe(computed.route), describe(asNamed(matching, computed.route))],
  ];
  const differing = pairs.find(([, ours, theirs]) => ours !== theirs);
  return differing && `${differing[0]} ${differing[1]}, not ${differing[2]}`;
}

/** Of several IPv6 next hops, netlink tells the first one's. */
function saysMtu({ family }: RouteQuery, { route }: Extract<RouteAnswer, { kind: 'found' }>): boolean {
  return family === 'ipv4' || (route !== undefined && route.nextHops.length < 2);
}

/** IPv6 tells the route's type, which need not be the packet's. */
function typeOf({ family, destination }: RouteQuery, type: string): string {
  if (type === 'anycast') return 'local';
  return family === 'ipv6' && type === 'unicast' && destination.startsWith('ff') ? 'multicast' : type;
}

/** Until somebody changes a rule, main has local's routes as well, and the kernel names main. */
function asNamed(matching: Route | undefined, ours: Route | undefined): Route | undefined {
  if (!matching || !ours) return ours;
  // Of a route that a multicast or a broadcast takes, it names the packet's type.
  const type = matching.type === 'multicast' || matching.type === 'broadcast' ? ours.type : matching.type;
  return matching.table === 'main' && ours.table === 'local'
    ? { ...matching, type, table: 'local' }
    : { ...matching, type };
}

function describe(route: Route | undefined): string {
  if (!route) return '-';
  return [route.type, route.destination, route.table, route.metric ?? 0, route.scope].join(' ');
}
