/** An address as netlink carries it, in network byte order. */
import ipaddr from 'ipaddr.js';

/** 4 or 16 bytes. Throws for a text that is no address. */
export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** The text of 4 or 16 bytes, in its short form (RFC 5952). Throws for any other number of bytes. */
export function addressText(bytes: Uint8Array): string {
  return ipaddr.fromByteArray(Array.from(bytes)).toString();
}
