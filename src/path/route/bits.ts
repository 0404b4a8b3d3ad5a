/** Addresses and prefixes as numbers, so that many routes can be compared with one address quickly. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../../model/address.ts';

/** Bits of an address. */
export const WIDTH: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/** A prefix: the first `length` bits of an address, as a number of `length` bits. */
export type Prefix = { readonly length: number; readonly bits: bigint };

/** The address as a number in network order; undefined when it is none of this family. */
export function addressBits(address: string, family: Family): bigint | undefined {
  const fits = family === 'ipv4' ? ipaddr.IPv4.isValidFourPartDecimal(address) : isIpv6(address);
  if (!fits) return undefined;
  let bits = 0n;
  for (const byte of ipaddr.parse(address).toByteArray()) bits = (bits << 8n) | BigInt(byte);
  return bits;
}

/** `default`, `10.0.0.0/8`, or a bare address; undefined when it cannot be read. */
export function parsePrefix(text: string, family: Family): Prefix | undefined {
  if (text === 'default') return { length: 0, bits: 0n };
  const [base = '', given] = text.split('/');
  const bits = addressBits(base, family);
  const length = given === undefined ? WIDTH[family] : /^\d{1,3}$/.test(given) ? Number(given) : -1;
  if (bits === undefined || length < 0 || length > WIDTH[family]) return undefined;
  return { length, bits: leading(bits, length, family) };
}

/** The first `length` bits of an address. */
export function leading(address: bigint, length: number, family: Family): bigint {
  return address >> BigInt(WIDTH[family] - length);
}

export function holds(prefix: Prefix, address: bigint, family: Family): boolean {
  return leading(address, prefix.length, family) === prefix.bits;
}

/** Whether the address, as text, is in the prefix, both of this family; false when either cannot be read. */
export function isIn(prefix: string, address: string, family: Family): boolean {
  const parsed = parsePrefix(prefix, family);
  const bits = addressBits(address, family);
  return parsed !== undefined && bits !== undefined && holds(parsed, bits, family);
}

function isIpv6(address: string): boolean {
  return address.includes(':') && !address.includes('%') && ipaddr.IPv6.isValid(address);
}
