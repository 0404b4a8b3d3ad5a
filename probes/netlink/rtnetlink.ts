/** Message types and headers of rtnetlink (linux/rtnetlink.h), and how it writes addresses. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../../src/model/address.ts';

export const RTM = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  newAddress: 20,
  delAddress: 21,
  getAddress: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  delNeighbour: 29,
  getNeighbour: 30,
  getRule: 34,
  getQdisc: 38,
  getClass: 42,
  getFilter: 46,
  newNetconf: 80,
  delNetconf: 81,
  newNsid: 88,
  delNsid: 89,
  getNsid: 90,
} as const;

const AF_INET = 2;
const AF_INET6 = 10;

/** `ipv4` or `ipv6`; undefined for the families netpeek does not read. */
export function familyOf(number: number): Family | undefined {
  if (number === AF_INET) return 'ipv4';
  return number === AF_INET6 ? 'ipv6' : undefined;
}

/** Texts of IPv6 addresses seen so far: every one comes back in routes and neighbours, and writing one is slow. */
const ipv6Texts = new Map<string, string>();
/** Beyond this many it begins anew; a host with 1,000 containers has about 8,000. */
const IPV6_TEXTS_KEPT = 20_000;

/** 4 or 16 bytes as an address text (RFC 5952 for IPv6); other lengths as hex, so that nothing is guessed. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  if (bytes.length === 16) return ipv6Text(bytes);
  return Array.from(bytes, hex).join('');
}

function ipv6Text(bytes: Uint8Array): string {
  const key = String.fromCharCode(...bytes);
  const known = ipv6Texts.get(key);
  if (known !== undefined) return known;
  const text = ipaddr.fromByteArray(Array.from(bytes)).toString();
  if (ipv6Texts.size >= IPV6_TEXTS_KEPT) ipv6Texts.clear();
  ipv6Texts.set(key, text);
  return text;
}

/** A link-layer address as `02:42:ac:11:00:02`. */
export function macText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += text === '' ? hex(byte) : `:${hex(byte)}`;
  return text;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(byte: number): string {
  return HEX[byte] ?? '';
}

const NO_NAMES: readonly string[] = [];

/** Names for the bits set in `flags`; a bit without a name is shown as hex. */
export function flagNames(flags: number, names: Readonly<Record<number, string>>): readonly string[] {
  if (flags === 0) return NO_NAMES;
  const found: string[] = [];
  for (let bit = 1; bit > 0 && bit <= flags; bit *= 2)
    if ((flags & bit) !== 0) found.push(names[bit] ?? `0x${bit.toString(16)}`);
  return found;
}
