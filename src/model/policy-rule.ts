import type { Family } from './address.ts';

/** The first and last of a range of numbers. */
export type NumberRange = { readonly first: number; readonly last: number };

/** A policy rule (RTM_NEWRULE, linux/fib_rules.h): which packets look into which routing table; see ip-rule(8). */
export type PolicyRule = {
  readonly family: Family;
  /** Rules are asked in this order, the lowest first. */
  readonly priority: number;
  /** lookup, blackhole, unreachable, prohibit, goto, nop, or the number. */
  readonly action: string;
  /** `main`, `local`, `default`, or the number; of a lookup only. An l3mdev rule takes the VRF's. */
  readonly table?: string;
  /** The priority of the rule to go on with, of a goto. */
  readonly goto?: number;
  /** There is no rule of that priority, so that it does nothing. */
  readonly gotoUnresolved?: boolean;
  /** It applies to the packets that do *not* match. */
  readonly not: boolean;
  /** Prefixes such as `10.0.0.0/8`; absent: any. */
  readonly from?: string;
  readonly to?: string;
  readonly tos?: number;
  readonly iif?: string;
  readonly oif?: string;
  /** No link has that name, so no packet can match. */
  readonly iifDetached?: boolean;
  readonly oifDetached?: boolean;
  readonly fwmark?: number;
  readonly fwmask?: number;
  /** Only for packets of links in a VRF. */
  readonly l3mdev?: boolean;
  readonly uids?: NumberRange;
  /** The protocol's number (IANA). */
  readonly ipProtocol?: number;
  readonly sourcePorts?: NumberRange;
  readonly sourcePortMask?: number;
  readonly destinationPorts?: NumberRange;
  readonly destinationPortMask?: number;
  readonly dscp?: number;
  readonly tunnelId?: string;
  /** Routes with a prefix of this length or shorter do not count. */
  readonly suppressPrefixLength?: number;
  /** Routes through links of this group do not count. */
  readonly suppressLinkGroup?: number;
  /** Who made it: kernel, boot, static, … */
  readonly protocol?: string;
  /** Conditions that netpeek does not know, as FRA_* numbers. */
  readonly unknown?: readonly number[];
};
