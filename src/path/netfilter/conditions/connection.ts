/** What rules ask of the connection that a packet belongs to (nf_conntrack(7), enum ip_conntrack_status). */
import { type Ternary, ternary } from '../../ternary.ts';
import { type Connection, type Packet, PROTOCOL, type Tuple } from '../packet.ts';
import type { Surroundings } from '../surroundings.ts';
import { agreed, either } from './logic.ts';

/** States as rules name them, in lower case; `snat` and `dnat` are what iptables adds to them. */
export type StateName = 'invalid' | 'new' | 'established' | 'related' | 'untracked' | 'snat' | 'dnat';

const STATE_NAMES: ReadonlySet<string> = new Set<StateName>([
  'invalid',
  'new',
  'established',
  'related',
  'untracked',
  'snat',
  'dnat',
]);

export function isStateName(name: string): name is StateName {
  return STATE_NAMES.has(name);
}

/** Whether the packet has a connection: one that is untracked, invalid, or not looked at yet has none. */
export function hasConnection({ state }: Connection): Ternary {
  if (state === 'unknown') return 'unknown';
  return ternary(state === 'new' || state === 'established' || state === 'related');
}

/**
 * Whether the connection is in one of these states. Without a connection that is INVALID, before connection tracking as
 * well, unless it was told not to track (nf_ct_get() in xt_conntrack.c and nft_ct.c).
 */
export function isInState(connection: Connection, states: ReadonlySet<StateName>): Ternary {
  const { state } = connection;
  if (state === 'unknown') return 'unknown';
  if (states.has(state === 'none' ? 'invalid' : state)) return 'yes';
  if (hasConnection(connection) === 'no') return 'no';
  const source = states.has('snat') ? connection.sourceTranslated : 'no';
  return either(source, states.has('dnat') ? connection.destinationTranslated : 'no');
}

function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6;
}

/** The connection's protocol; that of an ICMP error, which speaks of a connection of any, is not known. */
export function connectionProtocol({ connection, protocol }: Packet): number | undefined {
  return connection.state === 'related' && isIcmp(protocol) ? undefined : protocol;
}

export type StatusName = 'expected' | 'seen-reply' | 'assured' | 'confirmed' | 'snat' | 'dnat';

/** Whether a status bit is set, of a packet that has a connection. */
export function hasStatus(
  status: StatusName,
  { connection, inLink, protocol }: Packet,
  { hook }: Surroundings,
): Ternary {
  const { state } = connection;
  if (status === 'snat') return connection.sourceTranslated;
  if (status === 'dnat') return connection.destinationTranslated;
  if (state === 'new') {
    // A new connection is confirmed when its first packet has passed the last hook; through the loopback it meets more.
    if (status !== 'confirmed') return 'no';
    return inLink === 'lo' && hook !== 'output' ? 'unknown' : 'no';
  }
  // An ICMP error belongs to a connection that is there (icmp_error_message() in nf_conntrack_proto_icmp.c).
  if (state === 'related' && status === 'confirmed' && isIcmp(protocol)) return 'yes';
  if (state === 'established' && (status === 'confirmed' || status === 'seen-reply')) return 'yes';
  return 'unknown';
}

/**
 * The two ends as the first answer names them: what the translations so far have made of the original's. What cannot be
 * concluded from the packet is undefined.
 */
export function replyTuple({ connection, ...packet }: Packet): Partial<Tuple> {
  // What a rule has written into the packet says nothing of its connection.
  if (packet.rewritten) return {};
  const { original, direction, sourceTranslated, destinationTranslated } = connection;
  const forth = direction === 'original';
  // The far end's address, and ours, as this packet carries them; before its own translation they are the original's.
  const target = forth ? packet.destination : packet.source;
  const sender = forth ? packet.source : packet.destination;
  const targetPort = forth ? packet.destinationPort : packet.sourcePort;
  const senderPort = forth ? packet.sourcePort : packet.destinationPort;
  const source = translated(destinationTranslated, original.destination, target);
  const destination = translated(sourceTranslated, original.source, sender);
  const sourcePort = translated(destinationTranslated, original.destinationPort, targetPort);
  const destinationPort = translated(sourceTranslated, original.sourcePort, senderPort);
  return {
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

function translated<Of>(isTranslated: Ternary, original: Of, carried: Of): Of | undefined {
  if (isTranslated === 'no') return original;
  return isTranslated === 'yes' && carried !== original ? carried : undefined;
}

/** Holds for a packet with a connection as `withOne` says, and without one as `without` says. */
export function byConnection(connection: Connection, withOne: () => Ternary, without: Ternary): Ternary {
  const has = hasConnection(connection);
  if (has === 'yes') return withOne();
  return has === 'no' ? without : agreed(withOne(), without);
}
