/** What rules and tables compare with: the packet as the kernel's flow key holds it (struct flowi, include/net/flow.h). */
import type { Family } from '../../model/address.ts';

export type Flow = {
  readonly family: Family;
  readonly destination: bigint;
  /** Absent: none is chosen yet. */
  readonly source?: bigint;
  /** The link it comes in by; of a packet of the namespace itself the loopback link. */
  readonly iif: string;
  readonly oif?: string;
  readonly mark: number | 'unknown';
  /** 0 where the kernel leaves it out. */
  readonly protocol: number;
  readonly sourcePort: number | 'unknown';
  /** `icmp`: the kernel holds the message's type and code in its place, which a rule on ports then compares. */
  readonly destinationPort: number | 'unknown' | 'icmp';
  readonly uid: number | 'unknown';
};
