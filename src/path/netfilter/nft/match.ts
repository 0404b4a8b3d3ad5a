/** One condition of a rule: what the packet has, compared with constants or looked up in a set (nft_cmp.c, nft_lookup.c). */
import type { NftStatement } from '../../../model/nftables.ts';
import { negate, type Ternary, ternary } from '../../ternary.ts';
import type { Test } from '../program.ts';
import { constantTest } from './constant-test.ts';
import { constantOf, type Datatype } from './datatype.ts';
import { compileLookup } from './lookup.ts';
import { hasAny, isBetween, type Reading, type ValueTest } from './reading.ts';
import { compileSubjects, type Subject, type TableContext } from './subject.ts';

type Match = Extract<NftStatement, { kind: 'match' }>;

/** What is absent from the packet matches nothing, whatever the operator. */
export function compileMatch(match: Match, context: TableContext): Test {
  const subjects = compileSubjects(match.left, context);
  const test = testOf(match, subjects, context);
  return (packet, around) => {
    const readings = subjects.map(({ read }) => read(packet, around));
    if (readings.some(({ kind }) => kind === 'absent')) return 'no';
    const result = test(readings);
    // What may be absent holds of nothing for sure, but a set may be empty.
    return result === 'yes' && readings.some(({ kind }) => kind === 'unknown') ? 'unknown' : result;
  };
}

type ReadingsTest = (readings: readonly Reading[]) => Ternary;

function testOf({ op, right }: Match, subjects: readonly Subject[], context: TableContext): ReadingsTest {
  const datatypes = subjects.map(({ datatype }) => datatype);
  if (right.kind === 'set' || right.kind === 'set-name') {
    if (op !== '==' && op !== '!=' && op !== 'in') return unknowable;
    const lookup = compileLookup(right, datatypes, context);
    return (readings) => (op === '!=' ? negate(lookup.has(readings)) : lookup.has(readings));
  }
  const [datatype, ...more] = datatypes;
  if (more.length > 0 || right.kind === 'concat') {
    if (op !== '==' && op !== '!=') return unknowable;
    const lookup = compileLookup({ kind: 'set', elements: [{ key: right }] }, datatypes, context);
    return (readings) => (op === '!=' ? negate(lookup.has(readings)) : lookup.has(readings));
  }
  const test = datatype ? comparison(op, right, datatype) : undefined;
  return test ? ([reading]) => (reading ? test(reading) : 'unknown') : unknowable;
}

const unknowable: ReadingsTest = () => 'unknown';

function comparison(op: Match['op'], right: Match['right'], datatype: Datatype): ValueTest | undefined {
  if (op === '==' || op === '!=') {
    const test = constantTest(right, datatype);
    return op === '==' ? test : (reading) => negate(test(reading));
  }
  const constant = constantOf(right, datatype);
  if (typeof constant !== 'bigint') return undefined;
  const highest = (1n << BigInt(datatype.bits)) - 1n;
  switch (op) {
    case 'in':
      return (reading) => hasAny(reading, constant);
    case '!':
      return (reading) => negate(hasAny(reading, constant));
    case '<':
      return constant === 0n ? () => ternary(false) : (reading) => isBetween(reading, 0n, constant - 1n);
    case '<=':
      return (reading) => isBetween(reading, 0n, constant);
    case '>':
      return (reading) => isBetween(reading, constant + 1n, highest);
    case '>=':
      return (reading) => isBetween(reading, constant, highest);
  }
}
