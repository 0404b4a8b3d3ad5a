/** Asks the kernel where a packet goes (RTM_GETROUTE, linux/rtnetlink.h), which is what `ip route get` does. */

import type { KernelRoute, RouteQuery } from '../src/model/route-query.ts';
import { addressBytes } from './netlink/address-bytes.ts';
import { attribute, attribute32 } from './netlink/attributes.ts';
import { Fields, said } from './netlink/fields.ts';
import type { Payload } from './netlink/message.ts';
import { tableName, typeName } from './netlink/route-names.ts';
import { addressText, RTM } from './netlink/rtnetlink.ts';
import { NetlinkError, type Rtnetlink } from './netlink/socket.ts';
import { parseRoute } from './routes.ts';

const RTMSG_BYTES = 12;
const AF = { ipv4: 2, ipv6: 10 } as const;
const RTA = {
  dst: 1,
  src: 2,
  iif: 3,
  oif: 4,
  gateway: 5,
  prefsrc: 7,
  metrics: 8,
  table: 15,
  mark: 16,
  via: 18,
  uid: 25,
  ipProto: 27,
  sport: 28,
  dport: 29,
} as const;
const RTAX_MTU = 2;
/** Name the table that was used; IPv6 always does, and does not know the flag. */
const RTM_F_LOOKUP_TABLE = 0x1000;
/** Give the route that fits in place of what it leads to. */
const RTM_F_FIB_MATCH = 0x2000;
/** The protocols that may be asked about (rtm_getroute_parse_ip_proto()): TCP, UDP, and each family's ICMP. */
const ASKABLE: Readonly<Record<RouteQuery['family'], readonly number[]>> = {
  ipv4: [6, 17, 1],
  ipv6: [6, 17, 58],
};

/** Links by number, as the question names them. */
export type RouteLinks = { readonly inIfindex?: number; readonly outIfindex?: number };

/** Whether the kernel can be asked about this very packet: its mark is known, and its protocol may be asked about. */
export function canAskRoute({ family, mark, protocol }: RouteQuery): boolean {
  return mark !== 'unknown' && ASKABLE[family].includes(protocol);
}

/** What the kernel says. Throws `SystemError` when nothing answers; a refusal is an answer. */
export function askRoute(
  rtnetlink: Pick<Rtnetlink, 'get'>,
  query: RouteQuery,
  links: RouteLinks,
): KernelRoute {
  return refusable(() => {
    const answer = rtnetlink.get(requestFor(query, links, 0));
    return answer && parseAnswer(answer);
  });
}

/** The route that fits; undefined where none does, or the kernel is older than 4.13 (IPv6: 5.6) and does not tell. */
export function askMatchingRoute(
  rtnetlink: Pick<Rtnetlink, 'get'>,
  query: RouteQuery,
  links: RouteLinks,
): ReturnType<typeof parseRoute> {
  try {
    const answer = rtnetlink.get(requestFor(query, links, RTM_F_FIB_MATCH));
    return answer && parseRoute(answer);
  } catch (error) {
    if (error instanceof NetlinkError) return undefined;
    throw error;
  }
}

/** EINVAL: what a kernel that does not say a thing says. */
const EINVAL = 22;

function refusable(ask: () => KernelRoute | undefined): KernelRoute {
  try {
    return ask() ?? { kind: 'refused', errno: EINVAL };
  } catch (error) {
    if (error instanceof NetlinkError) return { kind: 'refused', errno: error.errno };
    throw error;
  }
}

function requestFor(query: RouteQuery, { inIfindex, outIfindex }: RouteLinks, flags: number) {
  const { family, destination, source, mark, protocol, sourcePort, destinationPort, uid } = query;
  // A packet that came in is user 0's to the kernel; asked without one, IPv6 would compare with nobody.
  const user = inIfindex === undefined ? uid : 0;
  const bits = family === 'ipv4' ? 32 : 128;
  const header = new Uint8Array(RTMSG_BYTES);
  header.set([AF[family], bits, source === undefined ? 0 : bits]);
  new DataView(header.buffer).setUint32(8, flags | (family === 'ipv4' ? RTM_F_LOOKUP_TABLE : 0), true);
  const attributes = [
    attribute(RTA.dst, addressBytes(destination)),
    ...(source === undefined ? [] : [attribute(RTA.src, addressBytes(source))]),
    ...(inIfindex === undefined ? [] : [attribute32(RTA.iif, inIfindex)]),
    ...(outIfindex === undefined ? [] : [attribute32(RTA.oif, outIfindex)]),
    ...(typeof mark === 'number' && mark !== 0 ? [attribute32(RTA.mark, mark)] : []),
    ...(user === undefined ? [] : [attribute32(RTA.uid, user)]),
    ...(ASKABLE[family].includes(protocol) ? [attribute(RTA.ipProto, Uint8Array.of(protocol))] : []),
    ...(sourcePort === undefined ? [] : [port(RTA.sport, sourcePort)]),
    ...(destinationPort === undefined ? [] : [port(RTA.dport, destinationPort)]),
  ];
  return { type: RTM.getRoute, header, attributes };
}

/** Ports are in network byte order. */
function port(type: number, value: number): Uint8Array {
  return attribute(type, Uint8Array.of(value >> 8, value & 0xff));
}

function parseAnswer({ view, start, end }: Payload): KernelRoute {
  const fields = new Fields(view, start + RTMSG_BYTES, end);
  // struct rtvia: a gateway of the other family.
  const via = fields.bytes(RTA.via)?.subarray(2);
  const table = fields.u32(RTA.table) ?? view.getUint8(start + 4);
  return said({
    kind: 'found' as const,
    type: typeName(view.getUint8(start + 7)),
    ifindex: fields.u32(RTA.oif) ?? 0,
    gateway: fields.address(RTA.gateway) ?? (via ? addressText(via) : undefined),
    source: fields.address(RTA.prefsrc),
    table: table === 0 ? undefined : tableName(table),
    mtu: fields.nested(RTA.metrics)?.u32(RTAX_MTU),
  });
}
