/** Sets of ipset(8), which iptables rules ask by name (`-m set --match-set NAME src`). */
export type IpSet = {
  readonly name: string;
  /** `hash:ip`, `hash:net,port`, `list:set`, … */
  readonly type: string;
  readonly family?: 'ipv4' | 'ipv6';
  /** As `ipset save` prints them: `10.0.0.0/24,tcp:80`, with their options such as `nomatch` or `timeout 30`. */
  readonly entries: readonly IpSetEntry[];
  /** How many entries there are, where not all were kept. */
  readonly total?: number;
};

export type IpSetEntry = { readonly element: string; readonly nomatch: boolean };
