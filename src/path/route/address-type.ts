/**
 * What an address is to a namespace, as `addrtype` of iptables and `fib` of nftables ask: __inet_dev_addr_type() of
 * net/ipv4/fib_frontend.c, and nft_fib6_eval_type() of net/ipv6/netfilter/nft_fib_ipv6.c.
 */
import type { Namespace } from '../../model/namespace.ts';
import type { NextHop, Route } from '../../model/route.ts';
import type { AddressType } from '../netfilter/surroundings.ts';
import { linkName, loopbackName } from './answer.ts';
import { askTableIpv4 } from './ask-table-ipv4.ts';
import { askTableIpv6 } from './ask-table-ipv6.ts';
import { addressBits } from './bits.ts';
import { type Fib, fibOf, type Table } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import { isLimitedBroadcast, isMulticast, isZero } from './kinds-ipv4.ts';
import { isMulticast as isMulticastIpv6, isNearby } from './kinds-ipv6.ts';
import type { FibOutcome } from './outcome.ts';

/**
 * The type of the address; with `link`, only what belongs to that link counts. `unknown` where tables were not read. In
 * IPv6 a local address is unicast as well, which who asks for unicast must know (xt_addrtype).
 */
export function addressType(namespace: Namespace, address: string, link?: string): AddressType {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const bits = addressBits(address, family);
  const fib = fibOf(namespace, family);
  if (bits === undefined || typeof fib === 'string') return 'unknown';
  return family === 'ipv4' ? localType(fib, bits, link) : typeIpv6(fib, bits, address, link);
}

/** inet_addr_type() and inet_dev_addr_type(), IPv4: no rule is asked, and no table but local. */
export function localType(fib: Fib, address: bigint, link?: string): AddressType {
  if (isZero(address) || isLimitedBroadcast(address)) return 'broadcast';
  if (isMulticast(address)) return 'multicast';
  const types = new Set(fib.localTables.map((table) => typeIn(fib, table, address, link)));
  const [type = 'unknown'] = types;
  return types.size === 1 ? type : 'unknown';
}

function typeIn(fib: Fib, table: Table, address: bigint, link: string | undefined): AddressType {
  const found = askTableIpv4(fib, flowTo('ipv4', address, fib), table);
  if (found?.kind === 'unknown') return 'unknown';
  if (found?.kind !== 'route') return 'unicast';
  // The first next hop's link, whichever would be used.
  const [hop] = found.route.nextHops;
  return link === undefined || linkName(fib, hop?.ifindex) === link ? typeName(found.route) : 'unicast';
}

function flowTo(family: 'ipv4' | 'ipv6', destination: bigint, fib: Fib): Flow {
  const none = { mark: 0, protocol: 0, sourcePort: 0, destinationPort: 0, uid: 0 };
  return { family, destination, iif: loopbackName(fib), ...none };
}

const NAMES: ReadonlySet<string> = new Set(['unicast', 'local', 'broadcast', 'anycast', 'multicast']);

function typeName({ type }: Route): AddressType {
  return NAMES.has(type) ? (type as AddressType) : 'unknown';
}

/** All rules and tables are asked. The packet's mark and protocol may take part, and are not known here. */
function typeIpv6(fib: Fib, bits: bigint, address: string, link: string | undefined): AddressType {
  const out = fib.links.find(({ name }) => name === link)?.ifindex;
  if (link !== undefined && isOwn(fib, address, out)) return 'local';
  const flow: Flow = {
    ...flowTo('ipv6', bits, fib),
    ...(link === undefined ? {} : { oif: link }),
    mark: 'unknown',
    uid: 'unknown',
    sourcePort: 'unknown',
    destinationPort: 'unknown',
  };
  const preferring = {
    ...(out === undefined ? {} : { ifindex: out }),
    strict: isNearby(bits),
    gateways: 'all-count',
  } as const;
  const { all } = followRules(fib, flow, (table) => askTableIpv6(fib, flow, table, preferring));
  const types = new Set(all.map((outcome) => typeOf(outcome, link, bits)));
  const [type = 'unknown'] = types;
  return types.size === 1 ? type : 'unknown';
}

function typeOf(outcome: FibOutcome, link: string | undefined, address: bigint): AddressType {
  if (outcome.kind === 'unknown') return 'unknown';
  if (outcome.kind === 'none') return 'unreachable';
  if (outcome.kind === 'refused') return outcome.how;
  const { type } = outcome.route;
  if (type === 'anycast') return 'anycast';
  if (type === 'local' && link === undefined) return 'local';
  if (isMulticastIpv6(address)) return 'multicast';
  return address === 0n ? 'unspec' : 'unicast';
}

function isOwn({ namespace }: Fib, address: string, ifindex: NextHop['ifindex']): boolean {
  return (namespace.addresses ?? []).some(
    (one) => one.address === address && one.ifindex === ifindex && !one.flags.includes('tentative'),
  );
}
