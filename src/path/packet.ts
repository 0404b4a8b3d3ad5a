/** One packet at one hook, as netfilter sees it. What is absent is not known, or does not exist at this hook. */
import type { Family } from '../model/address.ts';
import type { Flow } from '../model/diagnosis.ts';

/** A port; `ephemeral` is one that the kernel chooses for the sender (ip_local_port_range). */
export type Port = number | 'ephemeral';

export type Packet = {
  readonly family: Family;
  readonly protocol: Flow['proto'];
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: Port;
  readonly destinationPort?: Port;
  readonly tcpFlags: readonly string[];
  readonly icmpType: number;
  /** Conntrack's state: NEW for the first packet of a flow, ESTABLISHED for its answer. */
  readonly state: 'NEW' | 'ESTABLISHED';
  readonly inLink?: string;
  readonly outLink?: string;
  /** The destination, or the source, is an address of the namespace whose rules are asked. */
  readonly destinationIsLocal: boolean;
  readonly sourceIsLocal: boolean;
};

/** Echo request and echo reply: RFC 792, RFC 4443. */
const ECHO = { ipv4: { request: 8, reply: 0 }, ipv6: { request: 128, reply: 129 } } as const;

/** The first packet of a flow, before it has met any link. */
export function firstPacket(flow: Flow, family: Family): Packet {
  return {
    family,
    protocol: flow.proto,
    source: flow.source,
    destination: flow.destination,
    sourcePort: 'ephemeral',
    ...(flow.port === null ? {} : { destinationPort: flow.port }),
    tcpFlags: ['SYN'],
    icmpType: ECHO[family].request,
    state: 'NEW',
    destinationIsLocal: false,
    sourceIsLocal: false,
  };
}

/** The answer to a packet, as it crosses the same hook backwards. */
export function answerTo(packet: Packet): Packet {
  const { sourcePort, destinationPort, inLink, outLink, ...rest } = packet;
  return {
    ...rest,
    source: packet.destination,
    destination: packet.source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
    ...(outLink === undefined ? {} : { inLink: outLink }),
    ...(inLink === undefined ? {} : { outLink: inLink }),
    tcpFlags: ['SYN', 'ACK'],
    icmpType: ECHO[packet.family].reply,
    state: 'ESTABLISHED',
    sourceIsLocal: packet.destinationIsLocal,
    destinationIsLocal: packet.sourceIsLocal,
  };
}
