/**
 * What a rule of nftables can ask a packet for, and how nft prints the values of it (nft(8), "Payload expressions" to "Conntrack
 * expressions"). Only what was compared with nft's own print is here; anything else is not known.
 */

/**
 * `link`: a name in quotes. `mark`: eight hexadecimal digits. `number`: decimal. `symbol`: one of nft's words. `code`: a word where
 * nft has one, else decimal. `bits`: words, several at once. `address`: with prefixes. `mac`: as it is.
 */
export type Style = 'link' | 'mark' | 'number' | 'symbol' | 'code' | 'bits' | 'address' | 'mac';

/** By nft's own words for it. */
export const META: Readonly<Record<string, readonly [words: string, style: Style]>> = {
  iifname: ['iifname', 'link'],
  oifname: ['oifname', 'link'],
  iif: ['iif', 'link'],
  oif: ['oif', 'link'],
  iifgroup: ['iifgroup', 'number'],
  oifgroup: ['oifgroup', 'number'],
  mark: ['meta mark', 'mark'],
  l4proto: ['meta l4proto', 'code'],
  nfproto: ['meta nfproto', 'symbol'],
  protocol: ['meta protocol', 'symbol'],
  pkttype: ['meta pkttype', 'symbol'],
  length: ['meta length', 'number'],
  skuid: ['meta skuid', 'number'],
  skgid: ['meta skgid', 'number'],
  cpu: ['meta cpu', 'number'],
  cgroup: ['meta cgroup', 'number'],
  iifkind: ['meta iifkind', 'link'],
  oifkind: ['meta oifkind', 'link'],
  nftrace: ['meta nftrace', 'number'],
};

/** Without a direction. */
export const CT: Readonly<Record<string, Style>> = {
  state: 'bits',
  status: 'bits',
  mark: 'mark',
  zone: 'number',
  direction: 'symbol',
  l3proto: 'symbol',
  protocol: 'code',
  id: 'number',
  bytes: 'number',
  packets: 'number',
  avgpkt: 'number',
};

/** With a direction. */
export const CT_DIRECTED: Readonly<Record<string, Style>> = {
  'ip saddr': 'address',
  'ip daddr': 'address',
  'ip6 saddr': 'address',
  'ip6 daddr': 'address',
  'proto-src': 'number',
  'proto-dst': 'number',
  bytes: 'number',
  packets: 'number',
  zone: 'number',
};

export const FIB: Readonly<Record<string, Style>> = { type: 'symbol', oif: 'link', oifname: 'link' };

const PORTS: Readonly<Record<string, Style>> = { sport: 'number', dport: 'number' };
const IP_PORTS: Readonly<Record<string, Style>> = { ...PORTS, length: 'number' };
const ICMP: Readonly<Record<string, Style>> = { type: 'code', code: 'code' };

export const PAYLOAD: Readonly<Record<string, Readonly<Record<string, Style>>>> = {
  ether: { saddr: 'mac', daddr: 'mac', type: 'symbol' },
  vlan: { id: 'number' },
  arp: { operation: 'symbol', 'saddr ip': 'address', 'daddr ip': 'address' },
  ip: {
    saddr: 'address',
    daddr: 'address',
    protocol: 'code',
    ttl: 'number',
    length: 'number',
    dscp: 'symbol',
    'frag-off': 'number',
    version: 'number',
    hdrlength: 'number',
    id: 'number',
    ecn: 'symbol',
  },
  ip6: {
    saddr: 'address',
    daddr: 'address',
    nexthdr: 'code',
    hoplimit: 'number',
    length: 'number',
    dscp: 'symbol',
    ecn: 'symbol',
    version: 'number',
    flowlabel: 'number',
  },
  icmp: { ...ICMP, id: 'number', mtu: 'number' },
  icmpv6: { ...ICMP, id: 'number', mtu: 'number' },
  tcp: { ...PORTS, flags: 'bits', sequence: 'number', ackseq: 'number', window: 'number' },
  udp: IP_PORTS,
  udplite: PORTS,
  sctp: PORTS,
  dccp: PORTS,
  th: PORTS,
};
