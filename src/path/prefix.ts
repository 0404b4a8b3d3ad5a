/** Prefixes and ranges of addresses, as routes and iptables rules write them. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../model/address.ts';

/** The family of an address text; undefined when it is none. Forms such as `10.1` or `0x7f.1` are refused. */
export function familyOf(address: string): Family | undefined {
  if (ipv4Of(address) !== undefined) return 'ipv4';
  return address.includes(':') && ipaddr.IPv6.isValid(address) ? 'ipv6' : undefined;
}

/**
 * Whether `prefix` (`10.0.0.0/8`, a bare address, or with a mask that need not be contiguous, `10.0.0.0/255.0.255.0`)
 * holds the address; undefined when the prefix cannot be read. An address of the other family is not in it.
 */
export function contains(prefix: string, address: string): boolean | undefined {
  const [base = '', length] = prefix.split('/');
  const quick = containsIpv4(base, length, address);
  if (quick !== undefined) return quick;
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

const DIGIT_0 = 48;
const DOT = 46;

/**
 * The 32 bits of four decimal numbers; undefined for anything else, a leading zero included. Asked for every address of every
 * rule, route and neighbour, so without a regular expression and without an object.
 */
function ipv4Of(text: string): number | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  let value = 0;
  let part = -1;
  let parts = 1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      parts += 1;
      continue;
    }
    const digit = code - DIGIT_0;
    if (digit < 0 || digit > 9 || part === 0) return undefined;
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 255) return undefined;
  }
  return parts === 4 && part >= 0 ? value * 256 + part : undefined;
}

/** The usual case: IPv4 with a length, or a bare address. Undefined: to be looked at more closely. */
function containsIpv4(base: string, length: string | undefined, address: string): boolean | undefined {
  const want = ipv4Of(base);
  const have = want === undefined ? undefined : ipv4Of(address);
  if (want === undefined || have === undefined) return undefined;
  if (length === undefined) return want === have;
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : 33;
  if (bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return Math.floor(want / size) === Math.floor(have / size);
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
