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
  newNsid: 88,
  delNsid: 89,
  getNsid: 90,
} as const;

export const AF_INET = 2;
export const AF_INET6 = 10;

/** `ipv4` or `ipv6`; undefined for the families netpeek does not read. */
export function familyOf(number: number): Family | undefined {
  if (number === AF_INET) return 'ipv4';
  return number === AF_INET6 ? 'ipv6' : undefined;
}

/** 4 or 16 bytes as an address text (RFC 5952 for IPv6); other lengths as hex, so that nothing is guessed. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) return ipaddr.fromByteArray(Array.from(bytes)).toString();
  return Array.from(bytes, hex).join('');
}

/** A link-layer address as `02:42:ac:11:00:02`. */
export function macText(bytes: Uint8Array): string {
  return Array.from(bytes, hex).join(':');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Names for the bits set in `flags`; a bit without a name is shown as hex. */
export function flagNames(flags: number, names: Readonly<Record<number, string>>): readonly string[] {
  const found: string[] = [];
  for (let bit = 1; bit > 0 && bit <= flags; bit *= 2)
    if ((flags & bit) !== 0) found.push(names[bit] ?? `0x${bit.toString(16)}`);
  return found;
}
