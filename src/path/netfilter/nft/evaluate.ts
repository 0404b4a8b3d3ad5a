/** The new value of a mark or a field: constants, what is read from the packet, and maps of either. */
import type { NftElement, NftExpression } from '../../../model/nftables.ts';
import { constantOf, type Datatype } from './datatype.ts';
import { compileLookup } from './lookup.ts';
import { ABSENT, known, SOME_NUMBER, UNKNOWN } from './reading.ts';
import { compileSubject, compileSubjects, operateOn, type Read, type TableContext } from './subject.ts';

/** Absent where the rule ends, because the packet has no such thing or the map no such key. */
export function compileValue(expression: NftExpression, datatype: Datatype, context: TableContext): Read {
  const constant = constantOf(expression, datatype);
  if (constant !== undefined) return () => known(constant);
  if (expression.kind === 'map') return compileMap(expression, datatype, context);
  if (expression.kind === 'binary') {
    const left = compileValue(expression.left, datatype, context);
    const right = constantOf(expression.right, datatype);
    if (typeof right !== 'bigint') return () => UNKNOWN;
    return (packet, around) => operateOn(expression.op, left(packet, around), right, datatype.bits);
  }
  return compileSubject(expression, context).read;
}

function compileMap(
  { key, data }: Extract<NftExpression, { kind: 'map' }>,
  datatype: Datatype,
  context: TableContext,
): Read {
  const find = compileFind(key, data, context);
  return (packet, around) => {
    const values = find(packet, around);
    const [value, ...more] = values;
    if (values.length === 0) return ABSENT;
    if (values.includes('miss')) return UNKNOWN;
    if (more.length > 0 || value === undefined || value === 'miss' || isVerdict(value)) return SOME_NUMBER;
    return known(constantOf(value, datatype));
  };
}

/** What a map may give: values, `miss` where it may have none for the packet, undefined for what is not known. */
export function compileFind(
  key: NftExpression,
  data: NftExpression,
  context: TableContext,
): (...args: Parameters<Read>) => readonly (NftElement['value'] | 'miss')[] {
  const subjects = compileSubjects(key, context);
  const lookup = compileLookup(
    data,
    subjects.map(({ datatype }) => datatype),
    context,
  );
  return (packet, around) => {
    const readings = subjects.map(({ read }) => read(packet, around));
    if (readings.some(({ kind }) => kind === 'absent')) return [];
    const { values, mayMiss } = lookup.find(readings);
    const mayBeAbsent = readings.some(({ kind }) => kind === 'unknown');
    return (mayMiss || mayBeAbsent) && values.length > 0 ? [...values, 'miss'] : values;
  };
}

const VERDICTS: ReadonlySet<string> = new Set(['accept', 'drop', 'return', 'continue', 'jump', 'goto']);

/** Told from an expression by its kind. */
export function isVerdict(
  value: NonNullable<NftElement['value']>,
): value is Exclude<NonNullable<NftElement['value']>, NftExpression> {
  return VERDICTS.has(value.kind);
}
