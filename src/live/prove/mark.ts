/**
 * By what a probe is known wherever it passes. Translation may give it other addresses and ports, yet it leaves alone the
 * sequence number of a SYN, and what a datagram or an echo carries.
 */
import type { Family } from '../../model/address.ts';
import type { Flow } from '../../model/diagnosis.ts';
import { PROTOCOL } from '../../path/netfilter/packet.ts';

export type Mark = {
  readonly family: Family;
  readonly proto: Flow['proto'];
  /** The sender's port; of an echo, its identifier. */
  readonly port: number;
  /** 32 bits: the sequence number of the SYN, the first bytes of a datagram's or an echo's payload. */
  readonly token: number;
};

/** The IP protocol number that the probe is sent with. */
export function protocolOf({ family, proto }: Pick<Mark, 'family' | 'proto'>): number {
  return proto === 'icmp' ? icmpOf(family) : PROTOCOL[proto];
}

/** The IP protocol number of the errors that routers send. */
export function icmpOf(family: Family): number {
  return family === 'ipv4' ? PROTOCOL.icmp : PROTOCOL.icmpv6;
}

/** The number after this one, in 32 bits: what the answer to a SYN acknowledges (RFC 9293). */
export function next32(token: number): number {
  return (token + 1) >>> 0;
}
