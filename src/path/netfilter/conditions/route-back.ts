/** What `fib` of nftables and `rpfilter` of iptables share: kinds of addresses, and links that are looped. */
import { addressBits } from '../../route/bits.ts';
import { isLimitedBroadcast, isLocalMulticast, isMulticast, isZero } from '../../route/kinds-ipv4.ts';
import * as ipv6 from '../../route/kinds-ipv6.ts';
import type { Packet } from '../packet.ts';
import type { Surroundings } from '../surroundings.ts';

/** IFF_LOOPBACK; undefined where the link is not known. */
export function isLoopbackLink(name: string, { link }: Surroundings): boolean | undefined {
  const found = link(name);
  return found && found.kind === 'loopback';
}

/** A host that has no address yet asks all of them: no table is looked into for it. */
export function isFromNobody({ family, source, destination }: Packet): boolean {
  if (family !== 'ipv4') return false;
  const [from, to] = [addressBits(source, family), addressBits(destination, family)];
  return (
    from !== undefined && isZero(from) && to !== undefined && (isLimitedBroadcast(to) || isLocalMulticast(to))
  );
}

/** The other end as the question names it: only a host's own address is one (get_saddr(), RT6_LOOKUP_F_HAS_SADDR). */
export function otherEnd(family: Packet['family'], address: string): { readonly towards?: string } {
  const bits = addressBits(address, family);
  if (bits === undefined) return {};
  const isHost =
    family === 'ipv4'
      ? !isMulticast(bits) && !isLimitedBroadcast(bits) && !isZero(bits)
      : !ipv6.isMulticast(bits) && bits !== 0n;
  return isHost ? { towards: address } : {};
}

/** IPV6_ADDR_LINKLOCAL: unicast or multicast, meaningful on one link. */
export function isOfOneLink(address: string): boolean {
  const bits = addressBits(address, 'ipv6');
  return (
    bits !== undefined &&
    ipv6.isNearby(bits) &&
    !ipv6.isLoopback(bits) &&
    ipv6.scopeOf(bits) === ipv6.SCOPE.link
  );
}
