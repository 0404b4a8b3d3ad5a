/**
 * A rule that writes into addresses or ports behind connection tracking's back (nft_payload_set_eval(), ip6t_NPT.c): the
 * rules that follow see what was written, and the connection does not.
 */
import { hasPorts } from './conditions/port.ts';
import type { Connection, Packet } from './packet.ts';
import { UNKNOWN_ADDRESS } from './packet.ts';

type Side = 'source' | 'destination';

/** `address` may be `UNKNOWN_ADDRESS`. */
export function writeAddress(packet: Packet, side: Side, address: string): Packet {
  return rewritten({ ...packet, [side]: address });
}

/** undefined: nobody knows which. What has no ports has something else at their place. */
export function writePort(packet: Packet, side: Side, port: number | undefined): Packet {
  if (!hasPorts(packet)) return writeAnything(packet);
  const { sourcePort, destinationPort, ...rest } = packet;
  const ports =
    side === 'source' ? { destinationPort, sourcePort: port } : { sourcePort, destinationPort: port };
  return rewritten({
    ...rest,
    ...(ports.sourcePort === undefined ? {} : { sourcePort: ports.sourcePort }),
    ...(ports.destinationPort === undefined ? {} : { destinationPort: ports.destinationPort }),
  });
}

/** Nobody can tell which field, or what. */
export function writeAnything(packet: Packet): Packet {
  const {
    sourcePort: _source,
    destinationPort: _destination,
    ttl: _ttl,
    dscp: _dscp,
    length: _length,
    icmpType: _type,
    icmpCode: _code,
    ...rest
  } = packet;
  return rewritten({ ...rest, source: UNKNOWN_ADDRESS, destination: UNKNOWN_ADDRESS });
}

function rewritten(packet: Packet): Packet {
  return { ...packet, rewritten: true, connection: connectionOf(packet.connection) };
}

/** Before connection tracking, it is the new addresses that it will look for. */
function connectionOf(connection: Connection): Connection {
  if (connection.state !== 'none' && connection.state !== 'unknown') return connection;
  return { ...connection, original: { source: UNKNOWN_ADDRESS, destination: UNKNOWN_ADDRESS } };
}
