/** An IP address on a link (RTM_NEWADDR, linux/if_addr.h). */
export type Address = {
  readonly ifindex: number;
  readonly family: Family;
  /** Without the prefix length, such as `172.17.0.2`. */
  readonly address: string;
  readonly prefixLength: number;
  /** The far end of a point-to-point link, where it differs from `address`. */
  readonly pointToPoint?: string;
  readonly broadcast?: string;
  /** `global`, `link`, `host`, `site`, or the number. */
  readonly scope: string;
  /** IFA_F_*: `tentative`, `dadfailed`, `deprecated`, `secondary`, `permanent`, … */
  readonly flags: readonly string[];
};

export type Family = 'ipv4' | 'ipv6';
