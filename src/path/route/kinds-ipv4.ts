/** Kinds of IPv4 addresses as the kernel tells them apart (include/linux/in.h, include/linux/inetdevice.h). */
import { addressBits } from './bits.ts';

/** 224.0.0.0/4 */
export const isMulticast = (address: bigint): boolean => address >> 28n === 0xen;
/** 224.0.0.0/24 */
export const isLocalMulticast = (address: bigint): boolean => address >> 8n === 0xe00000n;
/** 255.255.255.255 */
export const isLimitedBroadcast = (address: bigint): boolean => address === 0xffffffffn;
/** ipv4_is_zeronet(): since Linux 5.3 this one address, and no longer all of 0.0.0.0/8. */
export const isZero = (address: bigint): boolean => address === 0n;
/** 127.0.0.0/8 */
export const isLoopback = (address: bigint | string): boolean => {
  const bits = typeof address === 'string' ? addressBits(address, 'ipv4') : address;
  return bits !== undefined && bits >> 24n === 127n;
};
