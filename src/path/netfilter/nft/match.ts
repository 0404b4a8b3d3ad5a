/** One condition of a rule: what the packet has, compared with constants or looked up in a set (nft_cmp.c, nft_lookup.c). */
import type { NftStatement } from '../../../model/nftables.ts';
import { negate, type Ternary, ternary } from '../../ternary.ts';
import type { Test } from '../program.ts';
import { constantTest } from './constant-test.ts';
import { constantOf, type Datatype } from './datatype.ts';
import { compileLookup } from './lookup.ts';
import { hasAny, isBetween, type Reading, type ValueTest } from './reading.ts';
import { compileSubjects, type Subject, type TableContext } from './subject.ts';
import { fibPresence } from './subjects/fib.ts';

type Match = Extract<NftStatement, { kind: 'match' }>;

/** What is absent from the packet matches nothing, whatever the operator. */
export function compileMatch(match: Match, context: TableContext): Test {
  const subjects = subjectsOf(match, context);
  const test = testOf(match, subjects, context);
  return (packet, around) => {
    const readings = subjects.map(({ read }) => read(packet, around));
    if (readings.some(({ kind }) => kind === 'absent')) return 'no';
    const result = test(readings);
    // What may be absent holds of nothing for sure, but a set may be empty.
    return result === 'yes' && readings.some(({ kind }) => kind === 'unknown') ? 'unknown' : result;
  };
}

/** Of a route, whether there is one is asked by comparing it with a truth value. */
function subjectsOf({ left, right }: Match, context: TableContext): readonly Subject[] {
  const asksPresence = right.kind === 'value' && typeof right.value === 'boolean';
  return left.kind === 'fib' && left.result !== 'type' && asksPresence
    ? [fibPresence(left)]
    : compileSubjects(left, context);
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

/**
 * nft 1.0.6 lists `ttl < 64 ttl > 1` as `ttl != 64-1`: the opposite of a range that holds nothing, as it were, where
 * what lies between the two is meant. Returns the test to be negated; undefined for a range the right way round.
 */
function betweenBounds(right: Match['right'], datatype: Datatype): ValueTest | undefined {
  if (right.kind !== 'range') return undefined;
  const [below, above] = [constantOf(right.first, datatype), constantOf(right.last, datatype)];
  if (typeof below !== 'bigint' || typeof above !== 'bigint' || below <= above) return undefined;
  if (above + 1n > below - 1n) return () => 'yes';
  return (reading) => negate(isBetween(reading, above + 1n, below - 1n));
}

function comparison(op: Match['op'], right: Match['right'], datatype: Datatype): ValueTest | undefined {
  if (op === '==' || op === '!=') {
    const test = (op === '!=' && betweenBounds(right, datatype)) || constantTest(right, datatype);
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
