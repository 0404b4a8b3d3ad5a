/**
 * The source address that an IPv6 packet without one gets: ip6_route_get_saddr() and ipv6_dev_get_saddr() of
 * net/ipv6/addrconf.c, which is RFC 6724 with the kernel's own table of labels.
 */
import type { Address } from '../../model/address.ts';
import type { NextHop, Route } from '../../model/route.ts';
import { addressBits, WIDTH } from './bits.ts';
import type { Fib } from './fib.ts';
import { isMulticast, SCOPE, scopeOf, within } from './kinds-ipv6.ts';
import type { ChosenSource } from './source-ipv4.ts';

export function sourceOfRouteIpv6(fib: Fib, route: Route, hop: NextHop, destination: bigint): ChosenSource {
  // Each of several next hops is a route of its own, and netlink tells what the first one says.
  if (route.nextHops.length > 1 && hop !== route.nextHops[0])
    return { sourceUnknown: 'the source that this next hop gives was not told' };
  if (route.source !== undefined) return { source: route.source };
  const { addresses } = fib.namespace;
  if (!addresses) return { sourceUnknown: 'the addresses were not read' };
  const scope = scopeOf(destination);
  const nearby = isMulticast(destination) || scope <= SCOPE.link;
  const candidates = addresses.flatMap((address) => {
    const bits = address.family === 'ipv6' ? addressBits(address.address, 'ipv6') : undefined;
    const usable = !address.flags.includes('tentative') || address.flags.includes('optimistic');
    if (bits === undefined || !usable || (nearby && address.ifindex !== hop.ifindex)) return [];
    return [{ address, bits }];
  });
  const scored = candidates.map(({ address, bits }) => ({
    address,
    score: scoreOf(address, bits, destination, hop.ifindex),
  }));
  const best = scored.toSorted((left, right) => compare(right.score, left.score))[0];
  if (!best) return {};
  const equal = scored.filter(({ score }) => compare(score, best.score) === 0);
  // Of one link, the first listed is the first asked; in which order links are asked is not told.
  const sure = equal.every(({ address }) => address.ifindex === best.address.ifindex);
  if (!sure) return { sourceUnknown: 'several links have an address that is as good as another' };
  const rival = scored.find(
    ({ address, score }) =>
      isTemporary(address) !== isTemporary(best.address) &&
      compare(score.slice(0, BEFORE_PRIVACY), best.score.slice(0, BEFORE_PRIVACY)) === 0,
  );
  if (rival) return { sourceUnknown: 'temporary addresses may be preferred (use_tempaddr)' };
  return { source: best.address.address };
}

/** Rules that come before the one on temporary addresses. */
const BEFORE_PRIVACY = 5;

/** The rules in their order, the larger the better. Temporary addresses score like others; see above. */
function scoreOf(
  { ifindex, flags, prefixLength }: Address,
  bits: bigint,
  destination: bigint,
  out: number | undefined,
): readonly number[] {
  const scope = scopeOf(bits);
  const wanted = scopeOf(destination);
  return [
    Number(bits === destination),
    scope >= wanted ? -scope : scope - 128,
    Number(!flags.includes('deprecated') && !flags.includes('optimistic')),
    Number(ifindex === out),
    Number(labelOf(bits) === labelOf(destination)),
    Math.min(commonLength(bits, destination), prefixLength),
    Number(!flags.includes('optimistic')),
  ];
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isTemporary({ flags }: Address): boolean {
  return flags.includes('secondary');
}

/** ip6addrlbl_init_table of net/ipv6/addrlabel.c; `ip addrlabel` can change it, which hardly anybody does. */
const LABELS: readonly (readonly [string, number])[] = [
  ['::1/128', 0],
  ['::/96', 3],
  ['::ffff:0:0/96', 4],
  ['2001::/32', 6],
  ['2001:10::/28', 7],
  ['3ffe::/16', 12],
  ['2002::/16', 2],
  ['fec0::/10', 11],
  ['fc00::/7', 5],
];

function labelOf(address: bigint): number {
  return LABELS.find(([prefix]) => within(prefix, address))?.[1] ?? 1;
}

function commonLength(left: bigint, right: bigint): number {
  let differing = left ^ right;
  let length = WIDTH.ipv6;
  while (differing > 0n) {
    differing >>= 1n;
    length -= 1;
  }
  return length;
}
