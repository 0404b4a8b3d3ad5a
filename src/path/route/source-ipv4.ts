/** The source address that an IPv4 packet without one gets: fib_result_prefsrc(), inet_select_addr() of net/ipv4/devinet.c. */
import type { Address } from '../../model/address.ts';
import type { NextHop, Route } from '../../model/route.ts';
import { isIn } from './bits.ts';
import type { Fib } from './fib.ts';
import { setting } from './settings.ts';

/** `source` absent: the namespace has none that may be used, or `sourceUnknown` says why it cannot be told. */
export type ChosenSource = { readonly source?: string; readonly sourceUnknown?: string };

/** Numbers of scopes (enum rt_scope_t, linux/rtnetlink.h); the larger, the nearer. */
export const SCOPE = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** The source that this route gives. */
export function sourceOfRoute(fib: Fib, route: Route, hop: NextHop): ChosenSource {
  if (route.source !== undefined) return { source: route.source };
  const gateway = hop.gateway !== undefined && !hop.gateway.includes(':') ? hop.gateway : undefined;
  return selectAddress(fib, hop.ifindex, scopeNumber(route.scope), gateway);
}

/** An address of the link, one in the same subnet as `near` first; else of any other link. */
export function selectAddress(
  { namespace, links }: Fib,
  ifindex: number | undefined,
  scope: number,
  near?: string,
): ChosenSource {
  if (!namespace.addresses) return { sourceUnknown: 'the addresses were not read' };
  // Secondary ones are never chosen.
  const own = namespace.addresses.filter(
    ({ family, flags }) => family === 'ipv4' && !flags.includes('secondary'),
  );
  const name = links.find((link) => link.ifindex === ifindex)?.name ?? '';
  const localnet = setting(namespace.sysctls, 'ipv4', name, 'route_localnet') === 1;
  // With route_localnet even addresses of scope host may be seen by neighbours.
  const nearest = localnet ? SCOPE.link : SCOPE.host;
  const fitting = own.filter(
    (address) => address.ifindex === ifindex && Math.min(scopeNumber(address.scope), nearest) <= scope,
  );
  const best = fitting.find((address) => near !== undefined && isNear(address, near)) ?? fitting[0];
  if (best) return { source: best.address };
  return elsewhere(own, links, scope);
}

/** Links are searched in the order in which they came here, with loopback first; netlink does not tell it. */
function elsewhere(own: readonly Address[], links: Fib['links'], scope: number): ChosenSource {
  const fitting = own.filter((address) => {
    const number = scopeNumber(address.scope);
    return number !== SCOPE.link && number <= scope;
  });
  const loopback = links.find(({ kind }) => kind === 'loopback')?.ifindex;
  const first = fitting.find(({ ifindex }) => ifindex === loopback) ?? fitting[0];
  if (!first) return {};
  const holders = new Set(fitting.map(({ ifindex }) => ifindex));
  if (first.ifindex === loopback || holders.size === 1) return { source: first.address };
  return { sourceUnknown: 'the link has no address, and several others have one' };
}

/** inet_ifa_match(): in the subnet of the far end, which is the own one unless the link is point-to-point. */
function isNear({ address, pointToPoint, prefixLength }: Address, near: string): boolean {
  return isIn(`${pointToPoint ?? address}/${prefixLength}`, near, 'ipv4');
}

function scopeNumber(scope: string): number {
  return Object.hasOwn(SCOPE, scope) ? SCOPE[scope as keyof typeof SCOPE] : Number(scope);
}
