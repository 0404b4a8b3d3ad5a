/** The right side of a condition, or the key of an element: which readings it is true of. */
import type { NftExpression } from '../../../model/nftables.ts';
import { ternary } from '../../ternary.ts';
import { constantOf, type Datatype } from './datatype.ts';
import { isBetween, isEqual, type Reading, type Value, type ValueTest } from './reading.ts';

/** A constant, a range, a prefix or a pattern of names; unknown where it is none that is understood. */
export function constantTest(expression: NftExpression, datatype: Datatype): ValueTest {
  if (expression.kind === 'range') {
    const low = constantOf(expression.first, datatype);
    const high = constantOf(expression.last, datatype);
    return typeof low === 'bigint' && typeof high === 'bigint' ? between(low, high) : unknowable;
  }
  if (expression.kind === 'prefix') {
    const range = prefixRange(expression, datatype);
    return range ? between(range[0], range[1]) : unknowable;
  }
  const value = constantOf(expression, datatype);
  if (value === undefined) return unknowable;
  if (typeof value === 'string' && datatype.patterns) return patternTest(value);
  return (reading) => isEqual(reading, value);
}

/** The value, where the test is for one alone: such elements are found without asking each. */
export function onlyValue(expression: NftExpression, datatype: Datatype): Value | undefined {
  const value = constantOf(expression, datatype);
  if (typeof value === 'string' && datatype.patterns && value.endsWith('*')) return undefined;
  return value;
}

const unknowable: ValueTest = () => 'unknown';

function between(low: bigint, high: bigint): ValueTest {
  return (reading) => isBetween(reading, low, high);
}

/** `eth*`; a star that is meant itself has a backslash before it. */
function patternTest(pattern: string): ValueTest {
  const [, escaped] = /^(.*?)(?:\\|\\x5c)\*$/.exec(pattern) ?? [];
  if (escaped !== undefined) return (reading) => isEqual(reading, `${escaped}*`);
  if (!pattern.endsWith('*')) return (reading) => isEqual(reading, pattern);
  const start = pattern.slice(0, -1);
  return (reading) => startsWith(reading, start);
}

function startsWith(reading: Reading, start: string) {
  return reading.kind === 'known' && typeof reading.value === 'string'
    ? ternary(reading.value.startsWith(start))
    : 'unknown';
}

/** The first and the last address, or other number, of a prefix. */
function prefixRange(
  { address, length }: Extract<NftExpression, { kind: 'prefix' }>,
  datatype: Datatype,
): readonly [bigint, bigint] | undefined {
  const value = datatype.parse(address);
  if (typeof value !== 'bigint' || !Number.isInteger(length) || length < 0 || length > datatype.bits)
    return undefined;
  const hosts = (1n << BigInt(datatype.bits - length)) - 1n;
  const first = value & ~hosts;
  return [first, first | hosts];
}
