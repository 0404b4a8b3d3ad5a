/** `… set …`: what a rule changes of the packet or its connection (nft_meta.c, nft_ct.c, nft_payload.c). */
import ipaddr from 'ipaddr.js';
import type { NftExpression } from '../../../model/nftables.ts';
import { hasConnection } from '../conditions/connection.ts';
import { type Packet, UNKNOWN_ADDRESS } from '../packet.ts';
import type { Step } from '../program.ts';
import { writeAddress, writeAnything, writePort } from '../write-header.ts';
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
  if (key.kind === 'verbatim') return compileRaw(key.json);
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

/** Fields that nothing depends on. */
const HARMLESS: ReadonlySet<string> = new Set([
  'ackseq',
  'checksum',
  'doff',
  'ecn',
  'flowlabel',
  'id',
  'reserved',
  'sequence',
  'urgptr',
  'window',
]);
/** Headers of a frame: whoever changes addresses there, nobody can follow. */
const OF_FRAMES: ReadonlySet<string> = new Set(['ether', 'vlan', 'arp']);
const SIDES = { saddr: 'source', daddr: 'destination', sport: 'source', dport: 'destination' } as const;

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
  if (OF_FRAMES.has(key.protocol))
    return key.field in SIDES ? [there, { kind: 'decide', decide: () => [{ kind: 'unknown' }] }] : [there];
  if (HARMLESS.has(key.field)) return [there];
  const read = compileValue(value, field.datatype, context);
  return [
    there,
    presence(read),
    { kind: 'change', change: (...asked) => write(key.field, asked[0], read(...asked)) },
  ];
}

function write(field: string, packet: Packet, reading: Reading): Packet {
  const value = numberOf(reading);
  switch (field) {
    case 'saddr':
    case 'daddr':
      return writeAddress(packet, SIDES[field], addressText(packet, reading));
    case 'sport':
    case 'dport':
      return writePort(packet, SIDES[field], value === 'unknown' ? undefined : value);
    case 'dscp':
      return setDscp(packet, value);
    case 'ttl':
    case 'hoplimit':
      return setTtl(packet, value);
    default:
      return writeAnything(packet);
  }
}

function addressText({ family }: Packet, reading: Reading): string {
  if (reading.kind !== 'known' || typeof reading.value !== 'bigint') return UNKNOWN_ADDRESS;
  const { value } = reading;
  const bytes = Array.from({ length: family === 'ipv4' ? 4 : 16 }, (_, at) =>
    Number((value >> BigInt(8 * at)) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes.toReversed()).toString();
}

/** `@nh,96,32 set …`: of a header that frames do not have alone. */
function compileRaw(json: string): readonly Step[] {
  const [, base] = /^\{"payload":\{.*"base":"(\w+)"/.exec(json) ?? [];
  return base === 'nh' || base === 'th' ? [{ kind: 'change', change: writeAnything }] : [];
}

function setDscp({ dscp: _, ...packet }: Packet, value: number | 'unknown'): Packet {
  return value === 'unknown' ? packet : { ...packet, dscp: value };
}

function setTtl({ ttl: _, ...packet }: Packet, value: number | 'unknown'): Packet {
  return value === 'unknown' ? packet : { ...packet, ttl: value };
}
