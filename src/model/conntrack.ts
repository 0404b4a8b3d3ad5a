/** Tracked connections (linux/netfilter/nfnetlink_conntrack.h, nf_conntrack_common.h). */
import type { Family } from './address.ts';
import type { Counters } from './firewall.ts';

/** One direction of a connection. Ports or the ICMP fields are absent where the protocol has none. */
export type ConntrackTuple = {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
  /** CTA_TUPLE_ZONE, where a zone is set for one direction only. */
  readonly zone?: number;
};

export type ConntrackEntry = {
  readonly id: number;
  readonly family: Family;
  /** `tcp`, `udp`, `icmp`, … or the number. */
  readonly protocol: string;
  /** Of TCP and SCTP: `ESTABLISHED`, `SYN_SENT`, … */
  readonly state?: string;
  /** IPS_*: `SEEN_REPLY`, `ASSURED`, `CONFIRMED`, `SRC_NAT`, `DST_NAT`, `DYING`, `OFFLOAD`, … */
  readonly status: readonly string[];
  /** Seconds until it is forgotten; absent for one that has no timeout of its own (offloaded). */
  readonly timeoutS?: number;
  readonly original: ConntrackTuple;
  /** What an answer looks like: where it is not the mirror of `original`, an address was translated. */
  readonly reply: ConntrackTuple;
  readonly zone: number;
  readonly mark: number;
  /** Only while net.netfilter.nf_conntrack_acct is on. */
  readonly counters?: { readonly original: Counters; readonly reply: Counters };
  readonly helper?: string;
};

export type Conntrack = {
  /** At most as many as `probes/conntrack.ts` keeps. */
  readonly entries: readonly ConntrackEntry[];
  /** How many the kernel told. */
  readonly total: number;
  /** The sysctls nf_conntrack_count and nf_conntrack_max, where they can be read. */
  readonly count?: number;
  readonly max?: number;
};
