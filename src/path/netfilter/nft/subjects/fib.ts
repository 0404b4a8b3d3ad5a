/** `fib …`: what the routing tables say of an address (net/ipv4/netfilter/nft_fib_ipv4.c). */
import type { NftExpression } from '../../../../model/nftables.ts';
import { DATATYPES } from '../datatype.ts';
import { known, UNKNOWN } from '../reading.ts';
import type { Read, Subject } from '../subject.ts';

/** undefined for a result that is not evaluated. */
export function fibSubject({ result, flags }: Extract<NftExpression, { kind: 'fib' }>): Subject | undefined {
  if (result === 'type') return { datatype: DATATYPES.name, read: typeOf(flags) };
  // 'exists' and 'missing'; with a link's name it is not evaluated.
  if (result === 'oif') return { datatype: DATATYPES.exists, read: existsBack(flags) };
  return undefined;
}

/** With `iif` or `oif`, an address is local only to that link. */
function typeOf(flags: readonly string[]): Read {
  const link = flags.includes('iif') ? 'inLink' : flags.includes('oif') ? 'outLink' : undefined;
  return (packet, { addressType }) => {
    const address = flags.includes('daddr') ? packet.destination : packet.source;
    const name = link && packet[link];
    if (link && name === undefined) return UNKNOWN;
    const type = addressType(address, name);
    return type === 'unknown' ? UNKNOWN : known(type);
  };
}

/** What comes in by the loopback link comes from here (nft_fib_is_loopback()); of others the route back is not asked. */
function existsBack(flags: readonly string[]): Read {
  return ({ inLink }, { hook, link }) =>
    flags.includes('iif') &&
    hook === 'prerouting' &&
    inLink !== undefined &&
    link(inLink)?.kind === 'loopback'
      ? known(1)
      : UNKNOWN;
}
