/** NETMAP: the network part of one address with the host part of another. */
import ipaddr from 'ipaddr.js';

/** `address` with its first `length` bits taken from `network`; undefined where the two are of different families. */
export function replacePrefix(address: string, network: string, length: number): string | undefined {
  if (!ipaddr.isValid(address) || !ipaddr.isValid(network)) return undefined;
  const host = ipaddr.parse(address).toByteArray();
  const prefix = ipaddr.parse(network).toByteArray();
  if (host.length !== prefix.length) return undefined;
  const bytes = host.map((byte, index) => {
    const bits = Math.min(Math.max(length - index * 8, 0), 8);
    const mask = (0xff << (8 - bits)) & 0xff;
    return ((prefix[index] ?? 0) & mask) | (byte & ~mask & 0xff);
  });
  return ipaddr.fromByteArray(bytes).toString();
}
