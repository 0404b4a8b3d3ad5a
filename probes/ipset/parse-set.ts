/** One set and its elements as the kernel's answers have them (enum of IPSET_ATTR_* in linux/netfilter/ipset/ip_set.h). */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { IpSet, IpSetEntry } from '../../src/model/ipset.ts';
import { Fields, said } from '../netlink/fields.ts';

/** Of a message. */
export const ATTRIBUTE = { protocol: 1, name: 2, type: 3, family: 5, data: 7, elements: 8 } as const;

/** Of a set's description or of an element, inside of `data`. */
const DATA = {
  address: 1,
  prefix: 3,
  port: 4,
  protocol: 7,
  flags: 8,
  mark: 10,
  bitmask: 12,
  ether: 17,
  member: 18,
  address2: 20,
  prefix2: 21,
  link: 23,
  comment: 26,
} as const;
/** IPSET_ATTR_NETMASK, which only a set's description has; an element has its IPSET_ATTR_IP2 there. */
const NETMASK = 20;
/** IPSET_ATTR_IPADDR_IPV4 and IPSET_ATTR_IPADDR_IPV6, of which an address attribute holds one. */
const IPV4 = 1;
const IPV6 = 2;
/** IPSET_FLAG_*. */
const FLAG = { physdev: 2, nomatch: 4, wildcard: 128 } as const;
/** NFPROTO_*. */
const FAMILIES: Readonly<Record<number, IpSet['family']>> = { 2: 'ipv4', 10: 'ipv6' };
const ICMP = 1;
const ICMPV6 = 58;
/** As getprotobynumber(3) names them; others are shown by number. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  [ICMP]: 'icmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  [ICMPV6]: 'ipv6-icmp',
  132: 'sctp',
  136: 'udplite',
};

export type SetHead = Omit<IpSet, 'entries' | 'total'>;

/** The description in one message; its later messages have only the name. */
export function parseHead(view: DataView, start: number, end: number): SetHead {
  const fields = new Fields(view, start, end);
  const data = fields.nested(ATTRIBUTE.data);
  const family = FAMILIES[fields.u8(ATTRIBUTE.family) ?? 0];
  const netmask = data?.u8(NETMASK)?.toString() ?? addressOf(data, DATA.bitmask);
  return {
    name: textOf(fields, ATTRIBUTE.name),
    type: textOf(fields, ATTRIBUTE.type),
    ...said({ family, netmask }),
  };
}

/** One element, in the order of the parts that its set's type names. */
export function parseElement(view: DataView, start: number, end: number, type: string): IpSetEntry {
  const fields = new Fields(view, start, end);
  const flags = hostOrder(fields.u32(DATA.flags) ?? 0);
  const dimensions = (type.split(':')[1] ?? '').split(',');
  const parts = dimensions.map((dimension, at) => {
    const isFirst = dimensions.indexOf(dimension) === at && !(at > 0 && /^(ip|net)$/.test(dimension));
    return formatPart(fields, dimension, isFirst, flags);
  });
  const comment = fields.has(DATA.comment) ? [`comment "${textOf(fields, DATA.comment)}"`] : [];
  return {
    // An element of bitmap:ip,mac may still have no MAC address.
    element: [
      parts.filter((part) => part !== '').join(','),
      ...((flags & FLAG.wildcard) === 0 ? [] : ['wildcard']),
      ...comment,
    ].join(' '),
    nomatch: (flags & FLAG.nomatch) !== 0,
  };
}

function formatPart(fields: Fields, dimension: string, isFirst: boolean, flags: number): string {
  switch (dimension) {
    case 'ip':
    case 'net':
      return isFirst
        ? formatPrefix(addressOf(fields, DATA.address), fields.u8(DATA.prefix))
        : formatPrefix(addressOf(fields, DATA.address2), fields.u8(DATA.prefix2));
    case 'port':
      return formatPort(fields);
    case 'mac':
      return fields.mac(DATA.ether) ?? '';
    case 'mark':
      return `0x${hostOrder(fields.u32(DATA.mark) ?? 0)
        .toString(16)
        .padStart(8, '0')}`;
    case 'iface':
      return `${(flags & FLAG.physdev) === 0 ? '' : 'physdev:'}${textOf(fields, DATA.link)}`;
    case 'set':
      return textOf(fields, DATA.member);
    default:
      return '?';
  }
}

/** A prefix that is the whole address is not printed. */
function formatPrefix(address: string | undefined, length: number | undefined): string {
  if (address === undefined) return '?';
  const whole = address.includes(':') ? 128 : 32;
  return length === undefined || length === whole ? address : `${address}/${length}`;
}

function formatPort(fields: Fields): string {
  const port = fields.u16be(DATA.port) ?? 0;
  const protocol = fields.u8(DATA.protocol);
  if (protocol === undefined) return `${port}`;
  const name = PROTOCOLS[protocol] ?? `${protocol}`;
  return protocol === ICMP || protocol === ICMPV6 ? `${name}:${port >> 8}/${port & 0xff}` : `${name}:${port}`;
}

function addressOf(fields: Fields | undefined, type: number): string | undefined {
  const address = fields?.nested(type);
  return address?.address(IPV4) ?? address?.address(IPV6);
}

function textOf(fields: Fields, type: number): string {
  return cleanBytes(fields.string(type) ?? new Uint8Array());
}

/** Numbers come in network order here (NLA_F_NET_BYTEORDER). */
function hostOrder(value: number): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value, true);
  return bytes.getUint32(0, false);
}
