/** Names of route numbers as `ip` prints them without configuration (linux/rtnetlink.h; iproute2's built-in tables). */

const SCOPES: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};
const TABLES: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };
const TYPES: Readonly<Record<number, string>> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
  10: 'nat',
};
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  9: 'ra',
  11: 'zebra',
  12: 'bird',
  16: 'dhcp',
  18: 'keepalived',
  186: 'bgp',
  188: 'ospf',
  192: 'eigrp',
};

export const scopeName = (number: number): string => SCOPES[number] ?? String(number);
export const tableName = (number: number): string => TABLES[number] ?? String(number);
export const typeName = (number: number): string => TYPES[number] ?? String(number);
export const protocolName = (number: number): string => PROTOCOLS[number] ?? String(number);
