import type { Family } from './address.ts';

/** Routes of one namespace that are kept at most: a router with a full table has a million, at a kilobyte each. */
export const ROUTES_KEPT = 20_000;

/** One next hop of a route (RTA_GATEWAY, RTA_OIF; several under RTA_MULTIPATH). */
export type NextHop = {
  readonly gateway?: string;
  readonly ifindex?: number;
  readonly weight?: number;
  /** Of one among several: as the route's. */
  readonly encapsulation?: number;
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
  /** The TOS byte that a packet must carry; absent: any. */
  readonly tos?: number;
  /** IPv6: the sources it is for (`ip route add … from …`); absent: all. */
  readonly from?: string;
  /** IPv6 (RFC 4191); absent: medium. */
  readonly preference?: 'low' | 'high';
  /** Bytes that a packet may have on it, where it is not the link's own limit. */
  readonly mtu?: number;
  /** Packets are wrapped on their way (RTA_ENCAP): the kernel's number for how. */
  readonly encapsulation?: number;
  /** The next hop object (ip-nexthop(8)) that says where it leads. */
  readonly nextHopId?: number;
  readonly nextHops: readonly NextHop[];
};
