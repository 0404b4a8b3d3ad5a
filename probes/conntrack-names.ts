/** Names of what ctnetlink tells by number (linux/in.h, netfilter/nf_conntrack_tcp.h, nf_conntrack_sctp.h, nf_conntrack_common.h). */

/** IPPROTO_* */
export const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

/** enum tcp_conntrack */
export const TCP_STATES = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];

/** enum sctp_conntrack */
export const SCTP_STATES = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
  'HEARTBEAT_ACKED',
];

/** enum ip_conntrack_status, without its prefix IPS_ */
export const STATUS_BITS: Readonly<Record<number, string>> = {
  1: 'EXPECTED',
  2: 'SEEN_REPLY',
  4: 'ASSURED',
  8: 'CONFIRMED',
  16: 'SRC_NAT',
  32: 'DST_NAT',
  64: 'SEQ_ADJUST',
  128: 'SRC_NAT_DONE',
  256: 'DST_NAT_DONE',
  512: 'DYING',
  1024: 'FIXED_TIMEOUT',
  2048: 'TEMPLATE',
  4096: 'UNTRACKED',
  8192: 'HELPER',
  16384: 'OFFLOAD',
  32768: 'HW_OFFLOAD',
};
