/** The first packet of a flow, and what answers it: a SYN and its SYN-ACK, a datagram, an echo (RFC 9293, RFC 792, RFC 4443). */
import type { Flow } from '../../model/diagnosis.ts';
import type { Namespace } from '../../model/namespace.ts';
import { type Packet, type Port, PROTOCOL, TCP_FLAG } from '../netfilter/packet.ts';
import { familyOf } from '../prefix.ts';
import { tupleOf } from './connections.ts';

const ECHO = { ipv4: { request: 8, reply: 0 }, ipv6: { request: 128, reply: 129 } } as const;

/** The first and the last, both included (ip-sysctl.rst). */
const PORT_RANGE = /^(\d+)\s+(\d+)$/;

/** From which a namespace's sockets get their ports (net.ipv4.ip_local_port_range, for IPv6 too). */
export function portsOf({ sysctls }: Pick<Namespace, 'sysctls'>): Port {
  const [, first, last] = PORT_RANGE.exec(sysctls?.['ipv4/ip_local_port_range'] ?? '') ?? [];
  return first === undefined || last === undefined
    ? 'ephemeral'
    : { first: Number(first), last: Number(last) };
}

/** `sourcePort`: what the sender's may be, where it is known who sends. */
export function firstPacket(
  { proto, source, destination, port }: Flow,
  sourcePort: Port = 'ephemeral',
): Packet {
  const family = familyOf(destination) ?? 'ipv4';
  const protocol = proto === 'icmp' ? (family === 'ipv4' ? PROTOCOL.icmp : PROTOCOL.icmpv6) : PROTOCOL[proto];
  const ports = proto === 'icmp' ? {} : { sourcePort, ...(port === null ? {} : { destinationPort: port }) };
  return {
    family,
    protocol,
    source,
    destination,
    ...ports,
    tcpFlags: proto === 'tcp' ? TCP_FLAG.syn : 0,
    ...(proto === 'icmp' ? { icmpType: ECHO[family].request, icmpCode: 0 } : {}),
    mark: 0,
    connection: {
      state: 'none',
      direction: 'original',
      original: { source, destination, ...ports },
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    },
  };
}

/** What the one who got the packet sends back. Whether it belongs to a connection, each namespace finds out again. */
export function answerTo(packet: Packet): Packet {
  const { family, protocol, source, destination, sourcePort, destinationPort, icmpType } = packet;
  const turned = {
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  };
  const answer: Packet = {
    family,
    protocol,
    ...turned,
    tcpFlags: protocol === PROTOCOL.tcp ? TCP_FLAG.syn | TCP_FLAG.ack : 0,
    ...(icmpType === undefined ? {} : { icmpType: ECHO[family].reply, icmpCode: 0 }),
    mark: 0,
    connection: {
      state: 'none',
      direction: 'reply',
      original: tupleOf(packet),
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    },
  };
  return answer;
}
