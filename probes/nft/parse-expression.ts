/** Expressions of nft's JSON (libnftables-json(5)): values, and where values come from. What is unknown stays verbatim. */
import type { NftElement, NftExpression, NftVerdict } from '../../src/model/nftables.ts';
import { asList, asRecord, asText } from '../json-values.ts';
import { onlyMember, verbatimText } from './verbatim.ts';

/** Expressions nested deeper than this are kept verbatim; nft itself nests about five. */
const DEEPEST = 24;
/** Elements of one set that are kept: beyond, only their number is told. */
export const MOST_ELEMENTS = 20_000;

const OPERATORS = ['&', '|', '^', '<<', '>>'] as const;

/** Never throws. */
export function parseExpression(value: unknown, depth = 0): NftExpression {
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'value', value };
  if (typeof value === 'string')
    return value.startsWith('@') && value.length > 1
      ? { kind: 'set-name', name: asText(value.slice(1)) }
      : { kind: 'value', value: asText(value) };
  if (depth < DEEPEST) {
    if (Array.isArray(value))
      return { kind: 'list', parts: value.map((part) => parseExpression(part, depth + 1)) };
    const [name, inside] = onlyMember(value) ?? [''];
    const found = parseNamed(name, inside, depth + 1);
    if (found) return found;
  }
  return { kind: 'verbatim', json: verbatimText(value) };
}

function parseNamed(name: string, inside: unknown, depth: number): NftExpression | undefined {
  const operator = OPERATORS.find((one) => one === name);
  if (operator) return parseBinary(operator, asList(inside), depth);
  const fields = asRecord(inside);
  const text = (key: string) => asText(fields[key]);
  switch (name) {
    case 'meta':
      return text('key') === '' ? undefined : { kind: 'meta', key: text('key') };
    case 'payload':
      if (text('protocol') === '' || text('field') === '') return undefined;
      return { kind: 'payload', protocol: text('protocol'), field: text('field') };
    case 'ct':
      return parseCt(text('key'), text('dir'), text('family'));
    case 'fib':
      return text('result') === ''
        ? undefined
        : { kind: 'fib', result: text('result'), flags: wordsOf(fields.flags) };
    case 'prefix':
      if (typeof fields.addr !== 'string' || typeof fields.len !== 'number') return undefined;
      return { kind: 'prefix', address: text('addr'), length: fields.len };
    case 'range':
      return parseRange(asList(inside), depth);
    case 'set':
      return { kind: 'set', elements: parseElements(Array.isArray(inside) ? inside : [inside], depth) };
    case 'concat':
      return { kind: 'concat', parts: asList(inside).map((part) => parseExpression(part, depth)) };
    case 'map':
      return {
        kind: 'map',
        key: parseExpression(fields.key, depth),
        data: parseExpression(fields.data, depth),
      };
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return parseChoice(fields.mod, fields.offset ?? 0);
    case 'elem':
      return 'val' in fields ? parseExpression(fields.val, depth) : undefined;
    default:
      return undefined;
  }
}

function parseChoice(modulus: unknown, offset: unknown): NftExpression | undefined {
  if (typeof modulus !== 'number' || typeof offset !== 'number') return undefined;
  if (!Number.isSafeInteger(modulus) || !Number.isSafeInteger(offset) || modulus < 1 || offset < 0)
    return undefined;
  return { kind: 'choice', modulus, offset };
}

/** Newer releases write more than two operands in one list. */
function parseBinary(
  op: (typeof OPERATORS)[number],
  operands: readonly unknown[],
  depth: number,
): NftExpression | undefined {
  const [first, ...more] = operands.slice(0, 64).map((one) => parseExpression(one, depth));
  if (!first || more.length === 0 || more.length !== operands.length - 1) return undefined;
  return more.reduce((left, right) => ({ kind: 'binary', op, left, right }), first);
}

/** The family is a word of the key (`ip saddr`), or in some releases a field of its own. */
function parseCt(key: string, direction: string, familyField: string): NftExpression | undefined {
  const [, inKey, rest] = /^(ip6?) (.+)$/.exec(key) ?? [];
  const family = inKey ?? familyField;
  if (key === '') return undefined;
  return {
    kind: 'ct',
    key: rest ?? key,
    ...(family === 'ip' || family === 'ip6' ? { family } : {}),
    ...(direction === 'original' || direction === 'reply' ? { direction } : {}),
  };
}

function parseRange(ends: readonly unknown[], depth: number): NftExpression | undefined {
  if (ends.length !== 2) return undefined;
  return { kind: 'range', first: parseExpression(ends[0], depth), last: parseExpression(ends[1], depth) };
}

/** The elements of a set or map, a map's as pairs; not more than `MOST_ELEMENTS`. */
export function parseElements(elements: readonly unknown[], depth = 0): readonly NftElement[] {
  return elements.slice(0, MOST_ELEMENTS).map((element): NftElement => {
    if (!Array.isArray(element) || element.length !== 2) return { key: parseExpression(element, depth + 1) };
    return {
      key: parseExpression(element[0], depth + 1),
      value: parseVerdict(element[1]) ?? parseExpression(element[1], depth + 1),
    };
  });
}

/** `{"accept": null}`, `{"jump": {"target": "NAME"}}`; undefined where it is none. */
export function parseVerdict(value: unknown): NftVerdict | undefined {
  const [kind, inside] = onlyMember(value) ?? [];
  if (kind === 'accept' || kind === 'drop' || kind === 'return' || kind === 'continue') return { kind };
  if (kind !== 'jump' && kind !== 'goto') return undefined;
  const chain = asText(asRecord(inside).target);
  return chain === '' ? undefined : { kind, chain };
}

/** One word, or a list of them. */
export function wordsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(asText).filter((word) => word !== '');
}
