/** Targets that write into the IP header what later rules may ask: TTL, HL, DSCP, TOS (xt_HL.c, xt_DSCP.c). */
import { type Packet, UNKNOWN_ADDRESS } from '../../packet.ts';
import type { Step } from '../../program.ts';
import { writeAddress } from '../../write-header.ts';
import type { Target } from '../compile-target.ts';

export const changeHeader: Target = (options) => [
  {
    kind: 'change',
    change: (packet) =>
      options.reduce((changed, { option, values: [value = ''] }) => change(changed, option, value), packet),
  },
];

/**
 * SNPT and DNPT put another prefix in, and change a word of the rest such that checksums stay right (RFC 6296), which is
 * not reckoned here.
 */
export const changePrefix = (side: 'source' | 'destination') => (): readonly Step[] => [
  { kind: 'change', change: (packet) => writeAddress(packet, side, UNKNOWN_ADDRESS) },
];

function change(packet: Packet, option: string, text: string): Packet {
  const [, first, mask] = /^(0x[0-9a-f]{1,2}|\d{1,3})(?:\/(0x[0-9a-f]{1,2}|\d{1,3}))?$/i.exec(text) ?? [];
  const value = first === undefined ? undefined : Number(first);
  switch (option) {
    case 'ttl-set':
    case 'hl-set':
      return withTtl(packet, value);
    case 'ttl-inc':
    case 'hl-inc':
      return withTtl(packet, sum(packet.ttl, value));
    case 'ttl-dec':
    case 'hl-dec':
      return withTtl(packet, sum(packet.ttl, value === undefined ? undefined : -value));
    case 'set-dscp':
      return withDscp(packet, value);
    case 'set-tos':
      return withDscp(packet, typeOfService(packet, value, mask === undefined ? 0xff : Number(mask)));
    default:
      // Another way to write the same field, such as --set-dscp-class, which iptables-save does not print.
      return withTtl(withDscp(packet, undefined), undefined);
  }
}

/** The DSCP of `(TOS & ~mask) ^ value`. */
function typeOfService({ dscp }: Packet, value: number | undefined, mask: number): number | undefined {
  if (value === undefined) return undefined;
  if (mask >> 2 === 0x3f) return value >> 2;
  return dscp === undefined ? undefined : (dscp & ~(mask >> 2)) ^ (value >> 2);
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return undefined;
  return Math.min(Math.max(one + other, 0), 255);
}

function withTtl({ ttl: _old, ...packet }: Packet, ttl: number | undefined): Packet {
  return ttl === undefined ? packet : { ...packet, ttl };
}

function withDscp({ dscp: _old, ...packet }: Packet, dscp: number | undefined): Packet {
  return dscp === undefined ? packet : { ...packet, dscp };
}
