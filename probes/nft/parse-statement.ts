/** Statements of nft's JSON (libnftables-json(5)), in the order of a rule. What is unknown stays verbatim. */
import type { NftExpression, NftStatement } from '../../src/model/nftables.ts';
import { asList, asRecord, asText } from '../json-values.ts';
import { parseExpression, parseVerdict, wordsOf } from './parse-expression.ts';
import { onlyMember, verbatimText } from './verbatim.ts';

const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'in', '!'] as const;
/** `counter` and the like also name an object of the table, or choose one by a map: then the map must have the key. */
const METERED: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count', 'connlimit']);
const PASSING: ReadonlySet<string> = new Set([
  'counter',
  'log',
  'dup',
  'flow',
  'last',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'tunnel',
]);
const DIVERT: ReadonlySet<string> = new Set(['tproxy', 'synproxy', 'fwd']);
const TRANSLATIONS = ['snat', 'dnat', 'masquerade', 'redirect'] as const;
const SET_OPERATIONS = ['add', 'update', 'delete'] as const;

/** The statements of a rule, one or two for each of its parts; never throws. */
export function parseStatements(expr: unknown): readonly NftStatement[] {
  return asList(expr).flatMap(parseStatement);
}

function parseStatement(value: unknown): readonly NftStatement[] {
  const verdict = parseVerdict(value);
  if (verdict) return [{ kind: 'verdict', verdict }];
  const [name, inside] = onlyMember(value) ?? [''];
  return parseNamed(name, inside) ?? [{ kind: 'verbatim', json: verbatimText(value) }];
}

function parseNamed(name: string, inside: unknown): readonly NftStatement[] | undefined {
  const fields = asRecord(inside);
  const chosen = objectMap(fields.map);
  if (METERED.has(name)) return [...chosen, { kind: 'metered', name }];
  if (PASSING.has(name)) {
    const object = asText(inside);
    return [...chosen, { kind: 'passing', name, ...(object === '' ? {} : { object }) }];
  }
  if (DIVERT.has(name)) return [...chosen, { kind: 'divert', name }];
  const how = TRANSLATIONS.find((one) => one === name);
  if (how) return [parseNat(how, fields)];
  switch (name) {
    case 'match':
      return parseMatch(fields);
    case 'vmap':
      return [{ kind: 'vmap', key: parseExpression(fields.key), data: parseExpression(fields.data) }];
    case 'mangle':
      return [{ kind: 'mangle', key: parseExpression(fields.key), value: parseExpression(fields.value) }];
    case 'reject':
      return [{ kind: 'reject', with: [asText(fields.type), asText(fields.expr)].filter(Boolean).join(' ') }];
    case 'queue':
      return [{ kind: 'queue', bypass: wordsOf(fields.flags).includes('bypass') }];
    case 'notrack':
      return [{ kind: 'notrack' }];
    case 'set':
    case 'map':
      return parseUpdate(fields);
    default:
      return undefined;
  }
}

function parseMatch(fields: Readonly<Record<string, unknown>>): readonly NftStatement[] | undefined {
  const op = COMPARISONS.find((one) => one === (fields.op ?? '=='));
  if (!op || !('left' in fields) || !('right' in fields)) return undefined;
  return [{ kind: 'match', op, left: parseExpression(fields.left), right: parseExpression(fields.right) }];
}

/** A rule that chooses its object by a map ends where the map has no such key (nft_objref_map_eval). */
function objectMap(value: unknown): readonly NftStatement[] {
  if (value === undefined) return [];
  const { key, data } = asRecord(value);
  return [{ kind: 'match', op: '==', left: parseExpression(key), right: parseExpression(data) }];
}

function parseNat(
  how: (typeof TRANSLATIONS)[number],
  { family, addr, port, flags }: Readonly<Record<string, unknown>>,
): NftStatement {
  return {
    kind: 'nat',
    how,
    ...(family === 'ip' || family === 'ip6' ? { family } : {}),
    ...(addr === undefined ? {} : { address: parseExpression(addr) }),
    ...(port === undefined ? {} : { port: parseExpression(port) }),
    flags: wordsOf(flags),
  };
}

/** `map` sets an element with a value, which matters to the map as an element does to a set. */
function parseUpdate(fields: Readonly<Record<string, unknown>>): readonly NftStatement[] | undefined {
  const op = SET_OPERATIONS.find((one) => one === fields.op);
  const set = parseExpression(fields.set ?? fields.map);
  if (!op || set.kind !== 'set-name') return undefined;
  const key: NftExpression = parseExpression(fields.elem);
  return [{ kind: 'update', op, set: set.name, key, metered: isMetered(fields.stmt) }];
}

/** Whether one of these statements, which each element of a set repeats, can end the rule. */
export function isMetered(statements: unknown): boolean {
  return asList(statements).some((one) => METERED.has(onlyMember(one)?.[0] ?? ''));
}
