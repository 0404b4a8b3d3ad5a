/** Prefixes and ranges of addresses, as routes and iptables rules write them. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../model/address.ts';

/** The family of an address text; undefined when it is none. Forms such as `10.1` or `0x7f.1` are refused. */
export function familyOf(address: string): Family | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return 'ipv4';
  return address.includes(':') && ipaddr.IPv6.isValid(address) ? 'ipv6' : undefined;
}

/**
 * Whether `prefix` (`10.0.0.0/8`, a bare address, or with a mask that need not be contiguous, `10.0.0.0/255.0.255.0`)
 * holds the address; undefined when the prefix cannot be read. An address of the other family is not in it.
 */
export function contains(prefix: string, address: string): boolean | undefined {
  const [base = '', length] = prefix.split('/');
  const family = familyOf(base);
  if (!family || !familyOf(address)) return undefined;
  if (family !== familyOf(address)) return false;
  const want = bytesOf(base);
  const mask = maskOf(length, want.length);
  const have = bytesOf(address);
  return mask && have.every((byte, index) => ((byte ^ (want[index] ?? 0)) & (mask[index] ?? 0)) === 0);
}

/** Addresses that nobody outside can answer without translation: RFC 1918, RFC 6598, RFC 4193. */
export function isPrivate(address: string): boolean {
  if (!familyOf(address)) return false;
  return ['private', 'carrierGradeNat', 'uniqueLocal'].includes(ipaddr.parse(address).range());
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return familyOf(address) !== undefined && ipaddr.parse(address).range() === 'loopback';
}

function bytesOf(address: string): readonly number[] {
  return familyOf(address) ? ipaddr.parse(address).toByteArray() : [];
}

function maskOf(length: string | undefined, bytes: number): readonly number[] | undefined {
  const bits = length === undefined ? bytes * 8 : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
  if (bits === undefined) {
    const mask = bytesOf(length ?? '');
    return mask.length === bytes ? mask : undefined;
  }
  if (bits > bytes * 8) return undefined;
  return Array.from({ length: bytes }, (_, index) => (0xff << (8 - clamp(bits - index * 8, 0, 8))) & 0xff);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
