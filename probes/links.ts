/** Links (RTM_GETLINK dump, rtnetlink(7), linux/if_link.h). */
import { cleanBytes } from '../src/model/clean-text.ts';
import type { LinkFact, LinkStats } from '../src/model/link.ts';
import { parseDetails } from './links/details.ts';
import { parsePort } from './links/port.ts';
import { readPortVlans, withPortVlans } from './links/port-vlans.ts';
import { parseXdp } from './links/xdp.ts';
import { attribute32, bytesOf, eachAttribute, stringBytes } from './netlink/attributes.ts';
import { type Bounded, readBounded } from './netlink/bounded.ts';
import { Fields } from './netlink/fields.ts';
import type { Payload } from './netlink/message.ts';
import { macText, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const IFINFO_BYTES = 16;
const IFLA = {
  address: 1,
  ifname: 3,
  mtu: 4,
  link: 5,
  master: 10,
  txQueueLength: 13,
  operState: 16,
  linkInfo: 18,
  alias: 20,
  stats64: 23,
  group: 27,
  extMask: 29,
  promiscuity: 30,
  linkNetnsid: 37,
  xdp: 43,
} as const;
const INFO = { kind: 1, data: 2, slaveKind: 4, slaveData: 5 } as const;
/** IFLA_XDP of a link without a program, which nearly every link is: IFLA_XDP_ATTACHED alone. */
const NO_XDP_BYTES = 8;
const RTEXT_FILTER_SKIP_STATS = 8;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_LOWER_UP = 0x10000;
const OPER_STATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];

/** The links of the namespace; with `stats`, their counters as well. Throws what the conversation throws. */
export function readLinks(rtnetlink: Rtnetlink, { stats }: { readonly stats: boolean }): Bounded<LinkFact> {
  const attributes = stats ? [] : [attribute32(IFLA.extMask, RTEXT_FILTER_SKIP_STATS)];
  const header = new Uint8Array(IFINFO_BYTES);
  const request = { type: RTM.getLink, header, attributes };
  const { entries, gaps } = readBounded(rtnetlink, 'links', request, parseLink);
  const filtersVlans = entries.some(({ details }) => details?.kind === 'bridge' && details.vlanFiltering);
  return { entries: filtersVlans ? withPortVlans(entries, readPortVlans(rtnetlink)) : entries, gaps };
}

/** One RTM_NEWLINK message. */
export function parseLink({ view, start, end }: Payload): LinkFact {
  const flags = view.getUint32(start + 8, true);
  const link: Mutable<LinkFact> = {
    ifindex: view.getInt32(start + 4, true),
    name: '',
    kind: (flags & IFF_LOOPBACK) !== 0 ? 'loopback' : 'device',
    mac: '',
    mtu: 0,
    operState: 'unknown',
    adminUp: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_LOWER_UP) !== 0,
    ...((flags & IFF_NOARP) === 0 ? {} : { noArp: true }),
  };
  eachAttribute(view, start + IFINFO_BYTES, end, (type, at, length) => {
    switch (type) {
      case IFLA.ifname:
        link.name = cleanBytes(stringBytes(view, at, length));
        break;
      case IFLA.address:
        link.mac = macText(bytesOf(view, at, length));
        break;
      case IFLA.mtu:
        link.mtu = view.getUint32(at, true);
        break;
      case IFLA.link:
        link.lowerIfindex = view.getInt32(at, true);
        break;
      case IFLA.linkNetnsid:
        link.lowerNsid = view.getInt32(at, true);
        break;
      case IFLA.master:
        link.masterIfindex = view.getUint32(at, true);
        break;
      case IFLA.operState:
        link.operState = OPER_STATES[view.getUint8(at)] ?? String(view.getUint8(at));
        break;
      case IFLA.linkInfo:
        parseInfo(link, view, at, at + length);
        break;
      case IFLA.alias:
        link.alias = cleanBytes(stringBytes(view, at, length));
        break;
      case IFLA.txQueueLength:
        link.txQueueLength = view.getUint32(at, true);
        break;
      case IFLA.promiscuity:
        link.promiscuity = view.getUint32(at, true);
        break;
      case IFLA.group: {
        const group = view.getUint32(at, true);
        if (group !== 0) link.group = group;
        break;
      }
      case IFLA.xdp:
        if (length > NO_XDP_BYTES) Object.assign(link, parseXdp(new Fields(view, at, at + length)));
        break;
      case IFLA.stats64:
        link.stats = parseStats(view, at);
        break;
    }
  });
  return link;
}

/** IFLA_LINKINFO: what the link is, and what it is to its master. A kind stands before what it explains. */
function parseInfo(link: Mutable<LinkFact>, view: DataView, start: number, end: number): void {
  let masterKind: string | undefined;
  eachAttribute(view, start, end, (type, at, length) => {
    if (type === INFO.kind) link.kind = cleanBytes(stringBytes(view, at, length));
    else if (type === INFO.data) {
      const details = parseDetails(link.kind, new Fields(view, at, at + length));
      if (details) link.details = details;
    } else if (type === INFO.slaveKind) {
      masterKind = cleanBytes(stringBytes(view, at, length));
      link.port = parsePort(masterKind, view, undefined);
    } else if (type === INFO.slaveData && masterKind !== undefined)
      link.port = parsePort(masterKind, view, { start: at, end: at + length });
  });
}

/** struct rtnl_link_stats64: eight counters of 64 bits lead it. */
function parseStats(view: DataView, at: number): LinkStats {
  const counter = (index: number) => Number(view.getBigUint64(at + index * 8, true));
  return {
    rxPackets: counter(0),
    txPackets: counter(1),
    rxBytes: counter(2),
    txBytes: counter(3),
    rxErrors: counter(4),
    txErrors: counter(5),
    rxDropped: counter(6),
    txDropped: counter(7),
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
