/** The left side of a condition, the key of a map, the new value of a mark: what nft reads from a packet. */
import type { NftExpression, NftFamily, NftSet } from '../../../model/nftables.ts';
import type { Packet } from '../packet.ts';
import type { Surroundings } from '../surroundings.ts';
import { constantOf, DATATYPES, type Datatype, operate } from './datatype.ts';
import { known, masked, type Reading, SOME_NUMBER, UNKNOWN } from './reading.ts';
import { ctSubject } from './subjects/ct.ts';
import { fibSubject } from './subjects/fib.ts';
import { metaSubject } from './subjects/meta.ts';
import { payloadSubject } from './subjects/payload.ts';

export type Read = (packet: Packet, around: Surroundings) => Reading;
export type Subject = { readonly datatype: Datatype; readonly read: Read };

/** What a rule needs to know of its table. */
export type TableContext = {
  readonly family: NftFamily;
  readonly sets: ReadonlyMap<string, NftSet>;
  /** Sets that rules add to, or take from: a packet may have done so itself before it is asked about. */
  readonly filledSets: ReadonlySet<string>;
  readonly emptiedSets: ReadonlySet<string>;
  /** Some rule sets `meta pkttype`. */
  readonly setsPacketType: boolean;
};

/** What is not understood has no value that anybody knows. */
const UNKNOWABLE: Subject = { datatype: { bits: 0, parse: () => undefined }, read: () => UNKNOWN };

/** One subject, or the parts of a concatenation. */
export function compileSubjects(expression: NftExpression, context: TableContext): readonly Subject[] {
  return expression.kind === 'concat'
    ? expression.parts.map((part) => compileSubject(part, context))
    : [compileSubject(expression, context)];
}

export function compileSubject(expression: NftExpression, context: TableContext): Subject {
  switch (expression.kind) {
    case 'meta':
      return metaSubject(expression.key, context) ?? UNKNOWABLE;
    case 'payload':
      return payloadSubject(expression, context) ?? UNKNOWABLE;
    case 'ct':
      return ctSubject(expression, context) ?? UNKNOWABLE;
    case 'fib':
      return fibSubject(expression) ?? UNKNOWABLE;
    case 'choice': {
      const low = BigInt(expression.offset);
      const reading: Reading = { kind: 'span', low, high: low + BigInt(expression.modulus) - 1n };
      return { datatype: DATATYPES.number(32), read: () => reading };
    }
    case 'binary':
      return binarySubject(expression, context);
    default:
      return UNKNOWABLE;
  }
}

/** `meta mark & 0xff`: one side is a constant. */
function binarySubject(
  { op, left, right }: Extract<NftExpression, { kind: 'binary' }>,
  context: TableContext,
): Subject {
  const { datatype, read } = compileSubject(left, context);
  const constant = constantOf(right, op === '<<' || op === '>>' ? DATATYPES.number(8) : datatype);
  if (typeof constant !== 'bigint') return UNKNOWABLE;
  return { datatype, read: (packet, around) => operateOn(op, read(packet, around), constant, datatype.bits) };
}

/** A reading changed by an operator; bits that are known stay known where the operator is a mask. */
export function operateOn(
  op: Extract<NftExpression, { kind: 'binary' }>['op'],
  reading: Reading,
  constant: bigint,
  bits: number,
): Reading {
  if (reading.kind === 'absent') return reading;
  if (op === '&') return masked(reading, constant);
  if (reading.kind === 'span' || reading.kind === 'bits') return SOME_NUMBER;
  if (reading.kind !== 'known' || typeof reading.value !== 'bigint') return UNKNOWN;
  return known(operate(op, reading.value, constant, bits));
}
