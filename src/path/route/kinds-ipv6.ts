/** Kinds and scopes of IPv6 addresses as the kernel tells them apart (ipv6_addr_type() of net/ipv6/addrconf_core.c). */
import { holds, parsePrefix } from './bits.ts';

/** RFC 4291's numbers of multicast scopes, used for unicast addresses too. */
export const SCOPE = { link: 2, site: 5, global: 14 } as const;

/** __ipv6_addr_src_scope() */
export function scopeOf(address: bigint): number {
  if (isMulticast(address)) return Number((address >> 112n) & 0xfn);
  if (isLoopback(address) || isLinkLocal(address)) return SCOPE.link;
  return within('fec0::/10', address) ? SCOPE.site : SCOPE.global;
}

export function isMulticast(address: bigint): boolean {
  return address >> 120n === 0xffn;
}

function isLinkLocal(address: bigint): boolean {
  return within('fe80::/10', address);
}

export function isLoopback(address: bigint): boolean {
  return address === 1n;
}

/** rt6_need_strict(): what is meaningful on one link only. */
export function isNearby(address: bigint): boolean {
  return isMulticast(address) || isLinkLocal(address) || isLoopback(address);
}

export function within(prefix: string, address: bigint): boolean {
  const parsed = parsePrefix(prefix, 'ipv6');
  return parsed !== undefined && holds(parsed, address, 'ipv6');
}
