import type { Family } from './address.ts';

/** One next hop of a route (RTA_GATEWAY, RTA_OIF; several under RTA_MULTIPATH). */
export type NextHop = {
  readonly gateway?: string;
  readonly ifindex?: number;
  readonly weight?: number;
  /** RTNH_F_*: `onlink`, `linkdown`, `dead`. */
  readonly flags: readonly string[];
};

/** A route (RTM_NEWROUTE, linux/rtnetlink.h). */
export type Route = {
  readonly family: Family;
  /** `default` or a prefix such as `172.17.0.0/16`. */
  readonly destination: string;
  /** unicast, local, broadcast, blackhole, unreachable, prohibit, throw, … */
  readonly type: string;
  /** `main`, `local`, `default`, or the number. */
  readonly table: string;
  /** Who made it: kernel, boot, static, dhcp, ra, … */
  readonly protocol: string;
  readonly scope: string;
  readonly source?: string;
  readonly metric?: number;
  readonly nextHops: readonly NextHop[];
};
