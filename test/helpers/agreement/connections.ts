/** What connection tracking knows, as the model is told it: of first packets, and of those that follow. */
import { type Connection, type Packet, TCP_FLAG, type Tuple } from '../../../src/path/netfilter/packet.ts';
import type { HookName } from '../../../src/path/netfilter/program.ts';
import type { WirePacket } from './frame.ts';
import type { Arrival, ModelStory } from './model-story.ts';

/** A connection that its first packet has made, as later packets meet it. */
export type Known = {
  readonly original: Tuple;
  /** As the first packet left, or was delivered. */
  readonly leaving: Tuple;
  readonly sourceTranslated: boolean;
  readonly destinationTranslated: boolean;
  readonly mark: number | 'unknown';
};

/** What the connection is to later packets, once the first has got through; undefined where it is not tracked. */
export function rememberConnection(
  first: WirePacket,
  arrived: WirePacket,
  { packet }: ModelStory,
): Known | undefined {
  const { state, mark, sourceTranslated, destinationTranslated } = packet.connection;
  if (state !== 'new') return undefined;
  return {
    original: tupleOf(first),
    leaving: tupleOf(arrived),
    sourceTranslated: sourceTranslated === 'yes',
    destinationTranslated: destinationTranslated === 'yes',
    mark,
  };
}

export function connectionOf(
  packet: WirePacket,
  known: Known | undefined,
  direction: Arrival['direction'],
): Connection {
  if (!known)
    return {
      state: firstState(packet),
      direction: 'original',
      original: tupleOf(packet),
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    };
  return {
    state: packet.quoted ? 'related' : 'established',
    direction,
    original: known.original,
    sourceTranslated: known.sourceTranslated ? 'yes' : 'no',
    destinationTranslated: known.destinationTranslated ? 'yes' : 'no',
    mark: known.mark,
  };
}

/** Of a packet that belongs to no connection yet (nf_conntrack_proto_tcp.c, tcp_conntracks; a lone ACK is picked up). */
function firstState({ protocol, tcpFlags, icmpType }: WirePacket): Connection['state'] {
  if (protocol === 17) return 'new';
  if (protocol === 1 || protocol === 58) return icmpType === 8 || icmpType === 128 ? 'new' : 'invalid';
  const { syn, ack, rst, fin } = TCP_FLAG;
  if ((tcpFlags & (rst | fin)) !== 0) return 'invalid';
  return (tcpFlags & (syn | ack)) === (syn | ack) ? 'invalid' : 'new';
}

export function translateKnown(packet: Packet, known: Known, hook: HookName): Packet {
  const reply = packet.connection.direction === 'reply';
  const ports = packet.sourcePort !== undefined;
  if (hook === 'prerouting' || hook === 'output') {
    const [address, port] = reply
      ? [known.original.source, known.original.sourcePort]
      : [known.leaving.destination, known.leaving.destinationPort];
    return {
      ...packet,
      destination: address,
      ...(ports && port !== undefined ? { destinationPort: port } : {}),
    };
  }
  const [address, port] = reply
    ? [known.original.destination, known.original.destinationPort]
    : [known.leaving.source, known.leaving.sourcePort];
  return { ...packet, source: address, ...(ports && port !== undefined ? { sourcePort: port } : {}) };
}

function tupleOf(packet: WirePacket): Tuple {
  const { source, destination, sourcePort, destinationPort } = packet;
  return isIcmp(packet) ? { source, destination } : { source, destination, sourcePort, destinationPort };
}

export function isIcmp({ protocol }: Pick<WirePacket, 'protocol'>): boolean {
  return protocol === 1 || protocol === 58;
}
