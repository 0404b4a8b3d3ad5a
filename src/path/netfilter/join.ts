/** Where it cannot be told which way a packet went, what both ways agree on is known of it and the rest is not. */
import type { Ternary } from '../ternary.ts';
import { type Connection, type Packet, UNKNOWN_ADDRESS } from './packet.ts';

/** The packet that may be either: they differ at most in what rules change (marks, tracking, header fields). */
export function joinPackets(one: Packet, other: Packet): Packet {
  if (one === other) return one;
  const { ttl, dscp, ...rest } = one;
  return {
    ...rest,
    ...(one.rewritten || other.rewritten ? joinAddresses(one, other) : {}),
    ...(ttl !== undefined && ttl === other.ttl ? { ttl } : {}),
    ...(dscp !== undefined && dscp === other.dscp ? { dscp } : {}),
    mark: one.mark === other.mark ? one.mark : 'unknown',
    connection: joinConnections(one.connection, other.connection),
  };
}

/** What a rule has written, or has not. */
function joinAddresses(one: Packet, other: Packet): Partial<Packet> {
  const same = (side: 'source' | 'destination') => (one[side] === other[side] ? one[side] : UNKNOWN_ADDRESS);
  return { rewritten: true, source: same('source'), destination: same('destination') };
}

function joinConnections(one: Connection, other: Connection): Connection {
  if (one === other) return one;
  return {
    ...one,
    state: one.state === other.state ? one.state : 'unknown',
    mark: one.mark === other.mark ? one.mark : 'unknown',
    sourceTranslated: joinTernary(one.sourceTranslated, other.sourceTranslated),
    destinationTranslated: joinTernary(one.destinationTranslated, other.destinationTranslated),
  };
}

function joinTernary(one: Ternary, other: Ternary): Ternary {
  return one === other ? one : 'unknown';
}
