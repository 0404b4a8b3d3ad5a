/** `ct …`: the connection of the packet (nft_ct_get_eval() in net/netfilter/nft_ct.c). Without one, all but `ct state` is absent. */
import type { NftExpression } from '../../../../model/nftables.ts';
import { connectionProtocol, hasConnection, hasStatus, replyTuple } from '../../conditions/connection.ts';
import { hasPorts } from '../../conditions/port.ts';
import { ownEntry } from '../../own-entry.ts';
import type { Packet, Port, Tuple } from '../../packet.ts';
import { addressNumber, DATATYPES, type Datatype } from '../datatype.ts';
import { CT_DIRECTIONS, CT_STATES, CT_STATUSES, NF_PROTOCOLS } from '../names.ts';
import { ABSENT, known, portReading, type Reading, SOME_NUMBER, UNKNOWN } from '../reading.ts';
import type { Read, Subject, TableContext } from '../subject.ts';

type Ct = Extract<NftExpression, { kind: 'ct' }>;

/** undefined for a key that is not evaluated. */
export function ctSubject(expression: Ct, context: TableContext): Subject | undefined {
  if (expression.key === 'state') return { datatype: DATATYPES.ctState, read: readState };
  const found = ofTuple(expression, context) ?? ownEntry(OTHERS, expression.key);
  if (!found) return undefined;
  const [datatype, read] = found;
  return {
    datatype,
    read: (packet, around) => {
      const has = hasConnection(packet.connection);
      if (has === 'yes') return read(packet, around);
      // A zone that is set before tracking is kept on a template, which this finds in the connection's place.
      if (expression.key === 'zone' && around.usesZones?.() !== false) return UNKNOWN;
      return has === 'no' ? ABSENT : UNKNOWN;
    },
  };
}

/** A packet without a connection is invalid to it, unless it is untracked. */
const readState: Read = ({ connection: { state } }) => {
  if (state === 'unknown') return UNKNOWN;
  return known(CT_STATES[state === 'none' ? 'invalid' : state]);
};

const OTHERS: Readonly<Record<string, readonly [Datatype, Read]>> = {
  mark: [
    DATATYPES.number(32),
    ({ connection: { mark } }) => (mark === 'unknown' ? SOME_NUMBER : known(mark)),
  ],
  direction: [DATATYPES.ctDirection, ({ connection }) => known(CT_DIRECTIONS[connection.direction])],
  status: [DATATYPES.ctStatus, readStatus],
  zone: [
    DATATYPES.number(16),
    (_packet, around) => (around.usesZones?.() === false ? known(0) : SOME_NUMBER),
  ],
  // Of the connection that announced this one: a new one that none has announced has no such name.
  helper: [DATATYPES.name, ({ connection: { state } }) => (state === 'new' ? ABSENT : UNKNOWN)],
  l3proto: [DATATYPES.nfProtocol, ({ family }) => known(NF_PROTOCOLS[family])],
  protocol: [DATATYPES.ipProtocol, (packet) => known(connectionProtocol(packet))],
};

const STATUSES = ['seen-reply', 'assured', 'confirmed', 'snat', 'dnat'] as const;

function readStatus(...[packet, around]: Parameters<Read>): Reading {
  let value = 0n;
  let sure = 0n;
  for (const name of STATUSES) {
    const bit = BigInt(CT_STATUSES[name] ?? 0);
    const isSet = hasStatus(name, packet, around);
    if (isSet !== 'unknown') sure |= bit;
    if (isSet === 'yes') value |= bit;
  }
  return { kind: 'bits', value, sure };
}

const ENDS = {
  saddr: 'source',
  daddr: 'destination',
  'proto-src': 'sourcePort',
  'proto-dst': 'destinationPort',
} as const;

function ofTuple(
  { key, family, direction }: Ct,
  context: TableContext,
): readonly [Datatype, Read] | undefined {
  const [, word] = Object.entries(ENDS).find(([name]) => name === key) ?? [];
  if (!word || !direction) return undefined;
  const tupleOf = (packet: Packet): Partial<Tuple> =>
    direction === 'original' ? packet.connection.original : replyTuple(packet);
  if (word === 'sourcePort' || word === 'destinationPort')
    return [DATATYPES.number(16), (packet) => (hasPorts(packet) ? portOf(tupleOf(packet)[word]) : UNKNOWN)];
  // Older releases leave the family out where the table has one.
  const wanted = family ?? (context.family === 'ip6' ? 'ip6' : 'ip');
  const read: Read = (packet) => {
    if ((packet.family === 'ipv4') !== (wanted === 'ip')) return ABSENT;
    const text = tupleOf(packet)[word];
    return known(text === undefined ? undefined : addressNumber(text));
  };
  return [wanted === 'ip' ? DATATYPES.ipv4 : DATATYPES.ipv6, read];
}

function portOf(port: Port | undefined): Reading {
  return port === undefined ? UNKNOWN : portReading(port);
}
