/** `meta …`: what the kernel keeps beside the packet (nft_meta_get_eval() in net/netfilter/nft_meta.c). */
import type { Link } from '../../../../model/link.ts';
import { type LinkSide, linkName } from '../../conditions/link-name.ts';
import { ownEntry } from '../../own-entry.ts';
import { type Packet, PROTOCOL } from '../../packet.ts';
import type { Surroundings } from '../../surroundings.ts';
import { DATATYPES } from '../datatype.ts';
import { ETHER_TYPES, NF_PROTOCOLS, PACKET_TYPES } from '../names.ts';
import { ABSENT, known, type Reading, SOME_NUMBER, UNKNOWN } from '../reading.ts';
import type { Read, Subject, TableContext } from '../subject.ts';

/** undefined for a key that is not evaluated. */
export function metaSubject(key: string, context: TableContext): Subject | undefined {
  const read = ownEntry(PLAIN, key) ?? ownEntry(OF_LINKS, key);
  const isIp = context.family === 'ip' || context.family === 'ip6' || context.family === 'inet';
  if (key === 'nfproto') return { datatype: DATATYPES.nfProtocol, read: isIp ? nfProtocol : () => UNKNOWN };
  if (key === 'pkttype') {
    // A frame that a bridge passes on is for somebody else, by its MAC.
    const isPlain = isIp && !context.setsPacketType;
    return { datatype: DATATYPES.packetType, read: isPlain ? packetType : () => UNKNOWN };
  }
  const datatype = ownEntry(TYPES, key);
  if (!read || !datatype) return undefined;
  return { datatype, read: context.family === 'bridge' ? ofFrame(key, read) : read };
}

/** In the bridge family, links are the ports of a frame; where it leaves, it came in by none (br_forward_finish()). */
function ofFrame(key: string, read: Read): Read {
  return (packet, around) => {
    if (around.hook === 'postrouting' && (key.startsWith('iif') || key === 'ibrname'))
      return key === 'iif' || key === 'iifname' ? known('') : ABSENT;
    return read(asFrame(packet), around);
  };
}

function asFrame({ inLink, outLink, physIn, physOut, ...rest }: Packet): Packet {
  const [came, goes] = [physIn ?? inLink, physOut ?? outLink];
  return {
    ...rest,
    ...(came === undefined ? {} : { inLink: came }),
    ...(goes === undefined ? {} : { outLink: goes }),
  };
}

const TYPES = {
  mark: DATATYPES.number(32),
  length: DATATYPES.number(32),
  protocol: DATATYPES.etherType,
  l4proto: DATATYPES.ipProtocol,
  skuid: DATATYPES.number(32),
  skgid: DATATYPES.number(32),
  iif: DATATYPES.linkIndex,
  oif: DATATYPES.linkIndex,
  iifname: DATATYPES.linkName,
  oifname: DATATYPES.linkName,
  iifgroup: DATATYPES.group,
  oifgroup: DATATYPES.group,
  iifkind: DATATYPES.name,
  oifkind: DATATYPES.name,
  iiftype: DATATYPES.name,
  oiftype: DATATYPES.name,
  ibrname: DATATYPES.linkName,
  obrname: DATATYPES.linkName,
} as Readonly<Record<string, Subject['datatype']>>;

const nfProtocol: Read = ({ family }) => known(NF_PROTOCOLS[family]);

const PLAIN: Readonly<Record<string, Read>> = {
  mark: ({ mark }) => (mark === 'unknown' ? SOME_NUMBER : known(mark)),
  length: ({ length }) => known(length),
  protocol: ({ family }) => known(ETHER_TYPES[family === 'ipv4' ? 'ip' : 'ip6']),
  l4proto: ({ protocol }) => known(protocol),
  skuid: (packet, around) => owner(packet, around, 'uid'),
  skgid: (packet, around) => owner(packet, around, 'gid'),
};

const OF_LINKS: Readonly<Record<string, Read>> = Object.fromEntries(
  (['iif', 'oif'] as const).flatMap((prefix): [string, Read][] => {
    const side: LinkSide = prefix === 'iif' ? 'inLink' : 'outLink';
    const bridge = prefix === 'iif' ? 'ibrname' : 'obrname';
    return [
      [prefix, (packet, around) => known(linkName(packet, side, around))],
      [`${prefix}name`, (packet, around) => known(linkName(packet, side, around))],
      [`${prefix}group`, ofLink(side, ({ group = 0 }) => known(group))],
      [`${prefix}kind`, ofLink(side, ({ kind }) => (isKindless(kind) ? ABSENT : known(kind)))],
      [`${prefix}type`, prefix === 'iif' ? ofDevice : ofLink(side, ofType)],
      [bridge, ofLink(side, bridgeName)],
    ];
  }),
);

/** A link that is not there ends the rule, unlike its name and its number, which are empty then. */
function ofLink(side: LinkSide, read: (link: Link, around: Surroundings) => Reading): Read {
  return (packet, around) => {
    const name = linkName(packet, side, around);
    if (name === '') return ABSENT;
    const link = name === undefined ? undefined : around.link(name);
    return link ? read(link, around) : UNKNOWN;
  };
}

function ofType({ kind }: Link): Reading {
  return known(typeOf(kind));
}

/** `iiftype` is of the link that has the packet just now (skb->dev): at POSTROUTING, the one it leaves by. */
function ofDevice(...[packet, around]: Parameters<Read>): Reading {
  return ofLink(around.hook === 'postrouting' ? 'outLink' : 'inLink', ofType)(packet, around);
}

function bridgeName({ master }: Link, around: Surroundings): Reading {
  if (master === null) return ABSENT;
  const bridge = around.link(master.name);
  if (!bridge) return UNKNOWN;
  return bridge.kind === 'bridge' ? known(bridge.name) : ABSENT;
}

/** Only links of a kind have rtnl_link_ops. */
function isKindless(kind: string): boolean {
  return kind === 'device' || kind === 'loopback';
}

const ETHERNET_KINDS: ReadonlySet<string> = new Set([
  'veth',
  'bridge',
  'vlan',
  'macvlan',
  'macvtap',
  'ipvlan',
  'vxlan',
  'geneve',
  'bond',
  'team',
  'dummy',
  'ifb',
]);

/** ARPHRD_*, as nft names them. */
function typeOf(kind: string): string | undefined {
  if (kind === 'loopback') return 'loopback';
  return ETHERNET_KINDS.has(kind) ? 'ether' : undefined;
}

/**
 * Of the socket that sent the packet, in its own namespace. One that arrives has none yet, until its connection's socket is
 * looked up early, which is before INPUT (tcp_v4_early_demux()).
 */
function owner({ sender, protocol }: Packet, { hook }: Surroundings, id: 'uid' | 'gid'): Reading {
  if (hook === 'output' || hook === 'postrouting') return sender ? known(sender[id]) : ABSENT;
  if (hook === 'prerouting') return ABSENT;
  if (hook === 'input' && protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return ABSENT;
  return UNKNOWN;
}

/** A packet that is routed is for us, by its MAC; frames to all or to many, and bridged ones, may be anything. */
function packetType({ destination, physIn, family }: Packet, { addressType, hook }: Surroundings): Reading {
  if (physIn !== undefined || hook === 'ingress' || hook === 'egress') return UNKNOWN;
  if (family === 'ipv6') return destination.startsWith('ff') ? UNKNOWN : known(PACKET_TYPES.host);
  const type = addressType(destination);
  return type === 'unicast' || type === 'local' ? known(PACKET_TYPES.host) : UNKNOWN;
}
