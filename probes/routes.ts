/** Routes of all tables (RTM_GETROUTE dump, rtnetlink(7), linux/rtnetlink.h). */
import type { Family } from '../src/model/address.ts';
import type { NextHop, Route } from '../src/model/route.ts';
import { bytesOf, eachAttribute } from './netlink/attributes.ts';
import { type Bounded, readBounded } from './netlink/bounded.ts';
import { Fields } from './netlink/fields.ts';
import type { Payload } from './netlink/message.ts';
import { protocolName, scopeName, tableName, typeName } from './netlink/route-names.ts';
import { addressText, familyOf, flagNames, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const RTMSG_BYTES = 12;
const RTNEXTHOP_BYTES = 8;
const RTA = {
  dst: 1,
  src: 2,
  oif: 4,
  gateway: 5,
  priority: 6,
  prefsrc: 7,
  metrics: 8,
  multipath: 9,
  table: 15,
  via: 18,
  pref: 20,
  encapType: 21,
  nextHopId: 30,
} as const;
/** RTAX_MTU, inside of RTA_METRICS. */
const RTAX_MTU = 2;
/** ICMPV6_ROUTER_PREF_*; 0 is medium. */
const PREFERENCES: Readonly<Record<number, 'low' | 'high'>> = { 1: 'high', 3: 'low' };
/** RTM_F_CLONED: a cached exception, not a route somebody made. */
const RTM_F_CLONED = 0x200;
const HOP_FLAGS = {
  1: 'dead',
  2: 'pervasive',
  4: 'onlink',
  8: 'offload',
  16: 'linkdown',
  32: 'unresolved',
  64: 'trap',
};

/** The IPv4 and IPv6 routes of the namespace. Throws what the conversation throws. */
export function readRoutes(rtnetlink: Rtnetlink): Bounded<Route> {
  // Family 0 asks for all of them in one dump.
  const header = new Uint8Array(RTMSG_BYTES);
  return readBounded(rtnetlink, 'routes', { type: RTM.getRoute, header }, parseRoute);
}

/** One RTM_NEWROUTE message; undefined for other families and for cached exceptions. */
export function parseRoute({ view, start, end }: Payload): Route | undefined {
  const family = familyOf(view.getUint8(start));
  const flags = view.getUint32(start + 8, true);
  if (!family || (flags & RTM_F_CLONED) !== 0) return undefined;
  const tos = view.getUint8(start + 3);
  let table = view.getUint8(start + 4);
  let destination: string | undefined;
  let source: string | undefined;
  let metric: number | undefined;
  let gateway: string | undefined;
  let ifindex: number | undefined;
  let several: readonly NextHop[] | undefined;
  let mtu: number | undefined;
  let from: string | undefined;
  let preference: 'low' | 'high' | undefined;
  let encapsulation: number | undefined;
  let nextHopId: number | undefined;
  eachAttribute(view, start + RTMSG_BYTES, end, (type, at, length) => {
    if (type === RTA.dst) destination = addressText(bytesOf(view, at, length));
    else if (type === RTA.oif) ifindex = view.getInt32(at, true);
    else if (type === RTA.gateway) gateway = addressText(bytesOf(view, at, length));
    else if (type === RTA.via) gateway = viaText(view, at, length);
    else if (type === RTA.priority) metric = view.getUint32(at, true);
    else if (type === RTA.prefsrc) source = addressText(bytesOf(view, at, length));
    else if (type === RTA.table) table = view.getUint32(at, true);
    else if (type === RTA.src) from = addressText(bytesOf(view, at, length));
    else if (type === RTA.metrics) mtu = new Fields(view, at, at + length).u32(RTAX_MTU);
    else if (type === RTA.pref) preference = PREFERENCES[view.getUint8(at)];
    else if (type === RTA.encapType) encapsulation = view.getUint16(at, true);
    else if (type === RTA.nextHopId) nextHopId = view.getUint32(at, true);
    else if (type === RTA.multipath) several = parseNextHops(view, at, at + length);
  });
  const single =
    gateway === undefined && ifindex === undefined ? [] : [nextHop(gateway, ifindex, flags & 0xff)];
  return {
    family,
    destination: prefixText(family, destination, view.getUint8(start + 1)),
    type: typeName(view.getUint8(start + 7)),
    table: tableName(table),
    protocol: protocolName(view.getUint8(start + 5)),
    scope: scopeName(view.getUint8(start + 6)),
    ...(source === undefined ? {} : { source }),
    ...(metric === undefined ? {} : { metric }),
    ...(tos === 0 ? {} : { tos }),
    ...(from === undefined ? {} : { from: prefixText(family, from, view.getUint8(start + 2)) }),
    ...(preference === undefined ? {} : { preference }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(encapsulation === undefined ? {} : { encapsulation }),
    ...(nextHopId === undefined ? {} : { nextHopId }),
    nextHops: several ?? single,
  };
}

function prefixText(family: Family, address: string | undefined, length: number): string {
  if (length === 0) return 'default';
  return `${address ?? (family === 'ipv4' ? '0.0.0.0' : '::')}/${length}`;
}

function nextHop(gateway: string | undefined, ifindex: number | undefined, flags: number): NextHop {
  return {
    ...(gateway === undefined ? {} : { gateway }),
    ...(ifindex === undefined ? {} : { ifindex }),
    flags: flagNames(flags, HOP_FLAGS),
  };
}

/** RTA_MULTIPATH: a row of struct rtnexthop, each with attributes of its own. */
function parseNextHops(view: DataView, start: number, end: number): readonly NextHop[] {
  const hops: NextHop[] = [];
  let at = start;
  while (at + RTNEXTHOP_BYTES <= end) {
    const length = view.getUint16(at, true);
    if (length < RTNEXTHOP_BYTES || at + length > end) break;
    let gateway: string | undefined;
    let encapsulation: number | undefined;
    eachAttribute(view, at + RTNEXTHOP_BYTES, at + length, (type, from, size) => {
      if (type === RTA.gateway) gateway = addressText(bytesOf(view, from, size));
      else if (type === RTA.via) gateway = viaText(view, from, size);
      else if (type === RTA.encapType) encapsulation = view.getUint16(from, true);
    });
    const hop = nextHop(gateway, view.getInt32(at + 4, true), view.getUint8(at + 2));
    hops.push({
      ...hop,
      weight: view.getUint8(at + 3) + 1,
      ...(encapsulation === undefined ? {} : { encapsulation }),
    });
    at += (length + 3) & ~3;
  }
  return hops;
}

/** struct rtvia: the gateway of another family than the route's. */
function viaText(view: DataView, at: number, length: number): string {
  return addressText(bytesOf(view, at + 2, length - 2));
}
