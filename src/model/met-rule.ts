/** A rule that one chosen flow would meet, named so that it can be found again among the rules of a snapshot. */
import type { RuleWorld } from './hook-order.ts';

export type MetRule = {
  /** The id of the namespace whose rule it is. */
  readonly namespace: string;
  readonly world: RuleWorld;
  /** `ip`, `ip6`, `inet`, `bridge`, `arp`, `netdev`; iptables' are `ip` and `ip6`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Position in its chain, from 1. */
  readonly number: number;
  /** Of nftables only. */
  readonly handle?: number;
  /** `unknown`: nobody can tell whether it matches. */
  readonly matched: 'yes' | 'unknown';
};
