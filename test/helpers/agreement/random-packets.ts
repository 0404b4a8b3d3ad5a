/** Random packets for the town: towards other networks, the router itself and beyond, and some that the router sends. */
import { TCP_FLAG } from '../../../src/path/netfilter/packet.ts';
import { TCP_SEQUENCE_STEP, type WirePacket } from './frame.ts';
import { hostAddress, OUTSIDE, ownAddress, PORTS, SOURCE_PORTS } from './pools.ts';
import type { Random } from './random.ts';
import { HOSTS, TOWN_LINKS, type TownFamily } from './town.ts';

/** The first packet of a conversation. */
export type Opening = {
  /** The router's link that it arrives on; absent: the router sends it. */
  readonly link?: string;
  /** Of one that the router sends: SO_MARK. */
  readonly mark: number;
  readonly packet: WirePacket;
  /** Instead of an answer, an ICMP error comes back. */
  readonly isRefused: boolean;
};

const { syn, ack, fin, rst } = TCP_FLAG;

export function randomOpening(random: Random, family: TownFamily, tag: number): Opening {
  const inside = random.chance(15);
  const link = random.pick(TOWN_LINKS);
  const source = inside
    ? link.own[family][0]
    : random.chance(90)
      ? `${link.network[family]}${random.pick(HOSTS)}`
      : random.pick(OUTSIDE[family]);
  const destination = random.weighted<string>([
    [8, () => hostAddress(random, family)],
    [inside ? 2 : 4, () => ownAddress(random, family)],
    [2, () => random.pick(OUTSIDE[family])],
  ]);
  const icmp = family === 'ipv4' ? 1 : 58;
  const protocol = random.weighted<number>([
    [5, () => 6],
    [3, () => 17],
    [2, () => icmp],
  ]);
  const isIcmp = protocol === icmp;
  const sourcePort = random.pick(SOURCE_PORTS);
  const tcpFlags = random.weighted<number>([
    [16, () => syn],
    [1, () => ack],
    [1, () => syn | ack],
    [1, () => rst],
    [1, () => fin | ack],
  ]);
  return {
    ...(inside ? {} : { link: link.name }),
    mark: inside && random.chance(20) ? 1 : 0,
    isRefused: random.chance(20),
    packet: {
      family,
      source: source ?? '',
      destination: destination === source ? random.pick(OUTSIDE[family]) : destination,
      protocol,
      sourcePort,
      destinationPort: isIcmp ? sourcePort : random.pick(PORTS),
      tcpFlags: protocol === 6 ? tcpFlags : 0,
      icmpType: isIcmp ? (family === 'ipv4' ? 8 : 128) : 0,
      icmpCode: 0,
      sequence: TCP_SEQUENCE_STEP + tag,
      acknowledge: (tcpFlags & ack) === 0 ? 0 : 5000,
      ttl: 64,
      dscp: random.chance(80) ? 0 : random.pick([10, 46]),
      tag,
    },
  };
}

/** The answer to a packet as it arrived at the far end. */
export function answerTo(packet: WirePacket, tag: number): WirePacket {
  const { protocol, source, destination, sourcePort, destinationPort } = packet;
  return {
    ...packet,
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    tcpFlags: protocol === 6 ? syn | ack : 0,
    icmpType: protocol === 1 ? 0 : protocol === 58 ? 129 : 0,
    sequence: 2 * TCP_SEQUENCE_STEP + tag,
    acknowledge: packet.sequence + 1,
    ttl: 64,
    dscp: 0,
    tag,
  };
}

/** The far end's complaint that it cannot take the packet. */
export function complaintAbout(packet: WirePacket, tag: number): WirePacket {
  return {
    ...answerTo(packet, tag),
    protocol: packet.family === 'ipv4' ? 1 : 58,
    sourcePort: 0,
    destinationPort: 0,
    tcpFlags: 0,
    icmpType: packet.family === 'ipv4' ? 3 : 1,
    icmpCode: packet.family === 'ipv4' ? 1 : 3,
    quoted: packet,
  };
}

/** What the opener says next, once it has been answered. */
export function nextOf(packet: WirePacket, answer: WirePacket, tag: number): WirePacket {
  return {
    ...packet,
    tcpFlags: packet.protocol === 6 ? ack : 0,
    // Its tag is two more: it follows upon the SYN, as if one byte had been lost.
    sequence: TCP_SEQUENCE_STEP + tag,
    acknowledge: packet.protocol === 6 ? answer.sequence + 1 : 0,
    tag,
  };
}
