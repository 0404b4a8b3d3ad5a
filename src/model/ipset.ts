/** Sets of ipset(8), which iptables rules ask by name (`-m set --match-set NAME src`). */
export type IpSet = {
  readonly name: string;
  /** `hash:ip`, `hash:net,port`, `list:set`, … */
  readonly type: string;
  /** Absent: of none (`bitmap:port`, `list:set`). */
  readonly family?: 'ipv4' | 'ipv6';
  /** Bits of an address that count (`netmask`), as a length or as a mask (`bitmask`); absent: all of them. */
  readonly netmask?: string;
  readonly entries: readonly IpSetEntry[];
  /** How many entries there are, where not all were kept. */
  readonly total?: number;
};

export type IpSetEntry = {
  /**
   * As `ipset save` prints it, without timeouts and counters: `10.0.0.0/24,tcp:80`, `10.0.0.0/8,eth wildcard`. ICMP
   * types are numbers (`10.0.0.1,icmp:8/0`). Safe to print.
   */
  readonly element: string;
  readonly nomatch: boolean;
};
