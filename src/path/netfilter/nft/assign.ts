/** `… set …`: what a rule changes of the packet or its connection (nft_meta.c, nft_ct.c, nft_payload.c). */
import type { NftExpression } from '../../../model/nftables.ts';
import { hasConnection } from '../conditions/connection.ts';
import type { Packet } from '../packet.ts';
import type { Step } from '../program.ts';
import { DATATYPES } from './datatype.ts';
import { compileValue } from './evaluate.ts';
import type { Reading } from './reading.ts';
import { compileSubject, type Read, type TableContext } from './subject.ts';

/** The steps of one assignment. What nothing that is modelled depends on, such as a priority, changes nothing. */
export function compileAssignment(
  key: NftExpression,
  value: NftExpression,
  context: TableContext,
): readonly Step[] {
  if (key.kind === 'meta' && key.key === 'mark') return changing(compileMark(value, context), setMark);
  if (key.kind === 'ct' && key.key === 'mark')
    return changing(compileMark(value, context), setConnectionMark);
  if (key.kind === 'payload') return compileField(key, value, context);
  return key.kind === 'meta' || key.kind === 'ct' ? [presence(compileMark(value, context))] : [];
}

function compileMark(value: NftExpression, context: TableContext): Read {
  return compileValue(value, DATATYPES.number(32), context);
}

/** A value that is absent ends the rule. */
function presence(read: Read): Step {
  return { kind: 'test', test: (packet, around) => isThere(read(packet, around)) };
}

function isThere({ kind }: Reading) {
  return kind === 'absent' ? 'no' : kind === 'unknown' ? 'unknown' : 'yes';
}

function changing(read: Read, set: (packet: Packet, value: number | 'unknown') => Packet): readonly Step[] {
  return [
    presence(read),
    { kind: 'change', change: (packet, around) => set(packet, numberOf(read(packet, around))) },
  ];
}

function numberOf(reading: Reading): number | 'unknown' {
  return reading.kind === 'known' && typeof reading.value === 'bigint'
    ? Number(BigInt.asUintN(32, reading.value))
    : 'unknown';
}

function setMark(packet: Packet, mark: number | 'unknown'): Packet {
  return { ...packet, mark };
}

/** Without a connection, there is nothing to mark. */
function setConnectionMark(packet: Packet, mark: number | 'unknown'): Packet {
  const has = hasConnection(packet.connection);
  if (has === 'no') return packet;
  return { ...packet, connection: { ...packet.connection, mark: has === 'yes' ? mark : 'unknown' } };
}

/** Whoever changes addresses or ports without connection tracking, nobody can follow. */
const ROUTING_FIELDS: ReadonlySet<string> = new Set(['saddr', 'daddr', 'sport', 'dport']);

function compileField(
  key: Extract<NftExpression, { kind: 'payload' }>,
  value: NftExpression,
  context: TableContext,
): readonly Step[] {
  const field = compileSubject(key, context);
  const there: Step = {
    kind: 'test',
    test: (packet, around) => (field.read(packet, around).kind === 'absent' ? 'no' : 'yes'),
  };
  if (ROUTING_FIELDS.has(key.field)) return [there, { kind: 'decide', decide: () => [{ kind: 'unknown' }] }];
  const read = compileValue(value, field.datatype, context);
  if (key.field === 'dscp') return [there, ...changing(read, setDscp)];
  if (key.field === 'ttl' || key.field === 'hoplimit') return [there, ...changing(read, setTtl)];
  return [there];
}

function setDscp({ dscp: _, ...packet }: Packet, value: number | 'unknown'): Packet {
  return value === 'unknown' ? packet : { ...packet, dscp: value };
}

function setTtl({ ttl: _, ...packet }: Packet, value: number | 'unknown'): Packet {
  return value === 'unknown' ? packet : { ...packet, ttl: value };
}
