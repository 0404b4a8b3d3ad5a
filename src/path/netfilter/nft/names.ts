/** The words that nft prints for numbers, as its datatypes name them (nft(8), DATA TYPES; src/datatype.c prints them). */

type Names = Readonly<Record<string, number>>;

/** Bits of nf_conntrack_common.h, as nft_ct.c makes a mask of them. */
export const CT_STATES: Names = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 };
/** enum ip_conntrack_status */
export const CT_STATUSES: Names = {
  expected: 1,
  'seen-reply': 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
};
export const CT_DIRECTIONS: Names = { original: 0, reply: 1 };
export const TCP_FLAGS: Names = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 };
/** linux/icmp.h */
export const ICMP_TYPES: Names = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
};
/** Of `icmp code`, whatever the type: nft names them by those of destination-unreachable. */
export const ICMP_CODES: Names = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
};
/** linux/icmpv6.h */
export const ICMPV6_TYPES: Names = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
};
export const ICMPV6_CODES: Names = {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
};
/** RFC 2474, RFC 2597, RFC 3246 */
export const DSCPS: Names = {
  be: 0,
  lephb: 1,
  cs0: 0,
  cs1: 8,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
  va: 44,
  ef: 46,
};
export const ETHER_TYPES: Names = {
  ip: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  '8021q': 0x8100,
  ip6: 0x86dd,
  '8021ad': 0x88a8,
};
/** NFPROTO_* */
export const NF_PROTOCOLS: Names = { ipv4: 2, ipv6: 10 };
/** linux/if_packet.h */
export const PACKET_TYPES: Names = { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 };
/** /etc/protocols, where its names differ from those that iptables prints. */
export const PROTOCOLS: Names = { comp: 108 };
