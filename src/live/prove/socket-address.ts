/** Addresses as sockets take them: struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)). */
import { addressBytes } from '../../../probes/netlink/address-bytes.ts';
import type { Family } from '../../model/address.ts';

const AF_INET = 2;
const AF_INET6 = 10;

/** Of any address of the family where none is named; port 0 lets the kernel choose. Throws for a text that is no address. */
export function socketAddress(family: Family, address: string | undefined, port: number): Uint8Array {
  const isV4 = family === 'ipv4';
  const bytes = new Uint8Array(isV4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isV4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  if (address !== undefined) bytes.set(addressBytes(address), isV4 ? 4 : 8);
  return bytes;
}

/** The port in a socket address of either family. */
export function portOf(address: Uint8Array): number {
  return new DataView(address.buffer, address.byteOffset).getUint16(2);
}
