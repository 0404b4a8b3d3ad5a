/**
 * Addresses that stand for 'any address of the internet': reserved for documentation (RFC 5737, TEST-NET-3; RFC 3849), so
 * never on a host's own links.
 */
import type { Family } from '../model/address.ts';

export const INTERNET: Readonly<Record<Family, string>> = {
  ipv4: '203.0.113.1',
  ipv6: '2001:db8:ffff:ffff::1',
};
