/**
 * What an expression of nftables finds in a packet. Numbers are what the kernel has in its registers, as bigint so that
 * IPv6 addresses and masks of any width are as simple as ports; links, types of routes and helpers are names.
 */
import { type Ternary, ternary } from '../../ternary.ts';
import { possiblePorts } from '../conditions/port.ts';
import type { Port } from '../packet.ts';

export type Value = bigint | string;

export type Reading =
  | { readonly kind: 'known'; readonly value: Value }
  /** A number between two, both included. */
  | { readonly kind: 'span'; readonly low: bigint; readonly high: bigint }
  /** A number of which the bits of `sure` are known to be as in `value`. */
  | { readonly kind: 'bits'; readonly value: bigint; readonly sure: bigint }
  /** The packet has no such thing: the rule ends here, whatever it compares with (NFT_BREAK). */
  | { readonly kind: 'absent' }
  /** Not known; the packet may have no such thing at all. */
  | { readonly kind: 'unknown' };

export const ABSENT: Reading = { kind: 'absent' };
export const UNKNOWN: Reading = { kind: 'unknown' };

/** A number that is surely there and of which nothing is known. */
export const SOME_NUMBER: Reading = { kind: 'bits', value: 0n, sure: 0n };

/** A number or a name; unknown where it is undefined. */
export function known(value: number | Value | undefined): Reading {
  if (value === undefined) return UNKNOWN;
  return { kind: 'known', value: typeof value === 'number' ? BigInt(value) : value };
}

/** A port, which the kernel may have yet to choose. */
export function portReading(port: Port | undefined): Reading {
  if (typeof port === 'number') return known(port);
  const { first, last } = possiblePorts(port);
  return { kind: 'span', low: BigInt(first), high: BigInt(last) };
}

/** What holds of a reading that is not absent: what of a known value, else of each that it may be. */
export type ValueTest = (reading: Reading) => Ternary;

/** Whether it is between two numbers, both included. */
export function isBetween(reading: Reading, low: bigint, high: bigint): Ternary {
  if (reading.kind === 'known')
    return typeof reading.value === 'bigint'
      ? ternary(low <= reading.value && reading.value <= high)
      : 'unknown';
  if (reading.kind === 'span') {
    if (reading.high < low || high < reading.low) return 'no';
    return low <= reading.low && reading.high <= high ? 'yes' : 'unknown';
  }
  if (reading.kind === 'bits' && low === high) return equalBits(reading, low);
  return 'unknown';
}

/** Whether it is this value; a number is no name. */
export function isEqual(reading: Reading, value: Value): Ternary {
  if (typeof value === 'bigint') return isBetween(reading, value, value);
  return reading.kind === 'known' && typeof reading.value === 'string'
    ? ternary(reading.value === value)
    : 'unknown';
}

function equalBits({ value, sure }: Extract<Reading, { kind: 'bits' }>, wanted: bigint): Ternary {
  return ((value ^ wanted) & sure) === 0n ? 'unknown' : 'no';
}

/** Whether at least one of these bits is set. */
export function hasAny(reading: Reading, bits: bigint): Ternary {
  const { value, sure } = bitsOf(reading) ?? {};
  if (value === undefined || sure === undefined) return 'unknown';
  if ((value & sure & bits) !== 0n) return 'yes';
  return (bits & ~sure) === 0n ? 'no' : 'unknown';
}

/** Only these bits of it. */
export function masked(reading: Reading, mask: bigint): Reading {
  const bits = bitsOf(reading);
  if (!bits) return mask === 0n && reading.kind === 'span' ? known(0n) : reading;
  const sure = bits.sure | ~mask;
  return (mask & ~bits.sure) === 0n
    ? known(bits.value & mask)
    : { kind: 'bits', value: bits.value & mask, sure };
}

/** As bits of which some are known; undefined of a name, a span, or what may be absent. */
function bitsOf(reading: Reading): { readonly value: bigint; readonly sure: bigint } | undefined {
  if (reading.kind === 'bits') return reading;
  if (reading.kind === 'known' && typeof reading.value === 'bigint')
    return { value: reading.value, sure: -1n };
  return undefined;
}

/** The same for the same readings only. */
export function readingText(reading: Reading): string {
  switch (reading.kind) {
    case 'known':
      return typeof reading.value === 'bigint' ? `${reading.value}` : JSON.stringify(reading.value);
    case 'span':
      return `${reading.low}-${reading.high}`;
    case 'bits':
      return `${reading.value}/${reading.sure}`;
    case 'absent':
    case 'unknown':
      return reading.kind;
  }
}
