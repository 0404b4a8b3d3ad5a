/**
 * Fields of headers (net/netfilter/nft_payload.c). nft leaves out, when it lists a rule, the test for the protocol that a
 * field belongs to; it is put back here: a packet of another protocol has no such field.
 */
import type { NftExpression } from '../../../../model/nftables.ts';
import { linkName } from '../../conditions/link-name.ts';
import { hasPorts } from '../../conditions/port.ts';
import { protocolNumber } from '../../conditions/protocol-number.ts';
import { ownEntry } from '../../own-entry.ts';
import { type Packet, PROTOCOL } from '../../packet.ts';
import { addressNumber, DATATYPES, type Datatype, macNumber } from '../datatype.ts';
import { ETHER_TYPES } from '../names.ts';
import { ABSENT, known, portReading, type Reading, UNKNOWN } from '../reading.ts';
import type { Read, Subject, TableContext } from '../subject.ts';

type Field = readonly [Datatype, (packet: Packet) => Reading];
type Fields = Readonly<Record<string, Field>>;

/** Not more than the flows of netpeek carry: other fields are unknown where the header is there. */
export function payloadSubject(
  { protocol, field }: Extract<NftExpression, { kind: 'payload' }>,
  context: TableContext,
): Subject | undefined {
  if (protocol === 'ether') return etherSubject(field, context);
  const [datatype, value] = ownEntry(ownEntry(FIELDS, protocol) ?? {}, field) ?? [
    UNKNOWN_FIELD,
    () => UNKNOWN,
  ];
  const isThere = presence(protocol, context);
  return {
    datatype,
    read: (packet) => {
      const there = isThere(packet);
      return there === true ? value(packet) : there === false ? ABSENT : UNKNOWN;
    },
  };
}

const UNKNOWN_FIELD: Datatype = { bits: 0, parse: () => undefined };

/** Whether a packet has this header; undefined where it is not known. */
function presence(protocol: string, { family }: TableContext): (packet: Packet) => boolean | undefined {
  if (protocol === 'ip') return (packet) => packet.family === 'ipv4';
  if (protocol === 'ip6') return (packet) => packet.family === 'ipv6';
  if (protocol === 'th') return () => true;
  if (protocol === 'icmp') return (packet) => packet.protocol === PROTOCOL.icmp && packet.family === 'ipv4';
  if (protocol === 'icmpv6') return (packet) => packet.protocol === PROTOCOL.icmpv6;
  // Flows are of IP: no frame of them is ARP.
  if (protocol === 'arp') return () => false;
  if (protocol === 'vlan') return () => (family === 'bridge' || family === 'netdev' ? undefined : false);
  const number = protocol === 'comp' ? 108 : protocolNumber(protocol);
  return number === undefined ? () => undefined : (packet) => packet.protocol === number;
}

const number = DATATYPES.number;

/** Neither the offset nor 'more fragments' is set of what is whole; 'do not fragment' may be. */
const WHOLE: Reading = { kind: 'bits', value: 0n, sure: ~0x4000n };

const PORTS: Fields = {
  sport: [number(16), ({ sourcePort }) => portReading(sourcePort)],
  dport: [number(16), ({ destinationPort }) => portReading(destinationPort)],
};

const FIELDS: Readonly<Record<string, Fields>> = {
  ip: {
    saddr: [DATATYPES.ipv4, ({ source }) => known(addressNumber(source))],
    daddr: [DATATYPES.ipv4, ({ destination }) => known(addressNumber(destination))],
    protocol: [DATATYPES.ipProtocol, ({ protocol }) => known(protocol)],
    ttl: [number(8), ({ ttl }) => known(ttl)],
    dscp: [DATATYPES.dscp, ({ dscp }) => known(dscp)],
    length: [number(16), ({ length }) => known(length)],
    version: [number(4), () => known(4)],
    'frag-off': [number(16), () => WHOLE],
  },
  ip6: {
    saddr: [DATATYPES.ipv6, ({ source }) => known(addressNumber(source))],
    daddr: [DATATYPES.ipv6, ({ destination }) => known(addressNumber(destination))],
    nexthdr: [DATATYPES.ipProtocol, ({ protocol }) => known(protocol)],
    hoplimit: [number(8), ({ ttl }) => known(ttl)],
    dscp: [DATATYPES.dscp, ({ dscp }) => known(dscp)],
    // Of what follows the header of 40 bytes (RFC 8200).
    length: [number(16), ({ length }) => known(length === undefined ? undefined : length - 40)],
    version: [number(4), () => known(6)],
  },
  tcp: { ...PORTS, flags: [DATATYPES.tcpFlags, ({ tcpFlags }) => known(tcpFlags)] },
  udp: {
    ...PORTS,
    // Without the IP header, of which options and extensions are no part of any flow here (RFC 768).
    length: [number(16), ({ length, family }) => known(length && length - (family === 'ipv4' ? 20 : 40))],
  },
  // Ports of whatever has them; of ICMP, the bytes that stand in their place.
  th: {
    sport: [number(16), (packet) => (hasPorts(packet) ? portReading(packet.sourcePort) : firstBytes(packet))],
    dport: [number(16), (packet) => (hasPorts(packet) ? portReading(packet.destinationPort) : UNKNOWN)],
  },
  icmp: {
    type: [DATATYPES.icmpType, ({ icmpType }) => known(icmpType)],
    code: [DATATYPES.icmpCode, ({ icmpCode }) => known(icmpCode)],
  },
  icmpv6: {
    type: [DATATYPES.icmpv6Type, ({ icmpType }) => known(icmpType)],
    code: [DATATYPES.icmpv6Code, ({ icmpCode }) => known(icmpCode)],
  },
};

function firstBytes({ protocol, icmpType, icmpCode }: Packet): Reading {
  if (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmpv6) return UNKNOWN;
  return known(icmpType === undefined || icmpCode === undefined ? undefined : icmpType * 256 + icmpCode);
}

/** Outside of bridges, `ether` is only of packets that came in by an Ethernet link, and with the MACs they had there. */
function etherSubject(field: string, { family }: TableContext): Subject | undefined {
  const value = ownEntry(ETHER, field);
  if (!value) return undefined;
  const [datatype, ofFrame] = value;
  if (family === 'bridge' || family === 'netdev') return { datatype, read: ofFrame };
  const read: Read = (packet, around) => {
    const name = linkName(packet, 'inLink', around);
    if (name === '') return ABSENT;
    const link = name === undefined ? undefined : around.link(name);
    // Where it leaves, its own link decides whether it has a header, of the one it came by.
    if (!link || around.hook === 'postrouting') return UNKNOWN;
    return link.kind === 'loopback' ? ABSENT : ofFrame(packet);
  };
  return { datatype, read };
}

const ETHER: Fields = {
  saddr: [DATATYPES.mac, ({ sourceMac }) => macReading(sourceMac)],
  daddr: [DATATYPES.mac, ({ destinationMac }) => macReading(destinationMac)],
  type: [DATATYPES.etherType, ({ family }) => known(ETHER_TYPES[family === 'ipv4' ? 'ip' : 'ip6'])],
};

function macReading(mac: string | undefined): Reading {
  return known(mac === undefined ? undefined : macNumber(mac));
}
