/** Tables of nftables in a snapshot file. */
import type {
  NftBase,
  NftChain,
  NftElement,
  NftExpression,
  NftFlowtable,
  NftObject,
  NftRule,
  NftSet,
  NftStatement,
  NftTable,
  NftVerdict,
} from '../../../model/nftables.ts';
import {
  byKind,
  DecodeError,
  type Decoder,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
} from '../decode.ts';
import { counters } from './firewall.ts';

const texts = list(text);
const family = oneOf('ip', 'ip6');

type Call = Extract<NftVerdict, { chain: string }>;
const end = object<Exclude<NftVerdict, Call>>({ kind: oneOf('accept', 'drop', 'return', 'continue') });
const call = object<Call>({ kind: oneOf('jump', 'goto'), chain: text });
const verdict = byKind<NftVerdict>({
  accept: end,
  drop: end,
  return: end,
  continue: end,
  jump: call,
  goto: call,
});

type Expression<Kind> = Extract<NftExpression, { kind: Kind }>;

/** Expressions nested deeper than this are refused, so that no file exhausts the stack. */
const DEEPEST = 64;

/** An expression whose parts are decoded by `part`; each level of nesting gets one of its own. */
function expressionAt(depth: number): Decoder<NftExpression> {
  let decode: Decoder<NftExpression> | undefined;
  return (value) => {
    if (depth > DEEPEST) throw new DecodeError('an expression that is nested less');
    decode ??= expressionOf(expressionAt(depth + 1));
    return decode(value);
  };
}

function expressionOf(part: Decoder<NftExpression>): Decoder<NftExpression> {
  return byKind<NftExpression>({
    value: object<Expression<'value'>>({ kind: oneOf('value'), value: scalar }),
    meta: object<Expression<'meta'>>({ kind: oneOf('meta'), key: text }),
    payload: object<Expression<'payload'>>({ kind: oneOf('payload'), protocol: text, field: text }),
    ct: object<Expression<'ct'>>({
      kind: oneOf('ct'),
      key: text,
      family: optional(family),
      direction: optional(oneOf('original', 'reply')),
    }),
    fib: object<Expression<'fib'>>({ kind: oneOf('fib'), result: text, flags: texts }),
    prefix: object<Expression<'prefix'>>({ kind: oneOf('prefix'), address: text, length: number }),
    range: object<Expression<'range'>>({ kind: oneOf('range'), first: part, last: part }),
    set: object<Expression<'set'>>({ kind: oneOf('set'), elements: list(elementOf(part)) }),
    'set-name': object<Expression<'set-name'>>({ kind: oneOf('set-name'), name: text }),
    list: object<Expression<'list'>>({ kind: oneOf('list'), parts: list(part) }),
    concat: object<Expression<'concat'>>({ kind: oneOf('concat'), parts: list(part) }),
    binary: object<Expression<'binary'>>({
      kind: oneOf('binary'),
      op: oneOf('&', '|', '^', '<<', '>>'),
      left: part,
      right: part,
    }),
    map: object<Expression<'map'>>({ kind: oneOf('map'), key: part, data: part }),
    choice: object<Expression<'choice'>>({ kind: oneOf('choice'), modulus: natural, offset: natural }),
    verbatim: object<Expression<'verbatim'>>({ kind: oneOf('verbatim'), json: text }),
  });
}

/** What is computed with as a whole number must be one. */
function natural(value: unknown): number {
  const found = number(value);
  if (!Number.isSafeInteger(found) || found < 0) throw new DecodeError('a whole number');
  return found;
}

function scalar(value: unknown): string | number | boolean {
  if (typeof value === 'string') return text(value);
  return typeof value === 'boolean' ? value : number(value);
}

const VERDICTS: ReadonlySet<unknown> = new Set(['accept', 'drop', 'return', 'continue', 'jump', 'goto']);

/** Of a map's values, verdicts are told from expressions by their kind. */
function elementOf(part: Decoder<NftExpression>): Decoder<NftElement> {
  return object<NftElement>({
    key: part,
    value: optional((value) => {
      const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
      return VERDICTS.has(kind) ? verdict(value) : part(value);
    }),
  });
}

const expression = expressionAt(0);

type Statement<Kind> = Extract<NftStatement, { kind: Kind }>;
const statement = byKind<NftStatement>({
  match: object<Statement<'match'>>({
    kind: oneOf('match'),
    op: oneOf('==', '!=', '<', '>', '<=', '>=', 'in', '!'),
    left: expression,
    right: expression,
  }),
  verdict: object<Statement<'verdict'>>({ kind: oneOf('verdict'), verdict }),
  vmap: object<Statement<'vmap'>>({ kind: oneOf('vmap'), key: expression, data: expression }),
  mangle: object<Statement<'mangle'>>({ kind: oneOf('mangle'), key: expression, value: expression }),
  nat: object<Statement<'nat'>>({
    kind: oneOf('nat'),
    how: oneOf('snat', 'dnat', 'masquerade', 'redirect'),
    family: optional(family),
    address: optional(expression),
    port: optional(expression),
    flags: texts,
  }),
  reject: object<Statement<'reject'>>({ kind: oneOf('reject'), with: text }),
  queue: object<Statement<'queue'>>({ kind: oneOf('queue'), bypass: flag }),
  notrack: object<Statement<'notrack'>>({ kind: oneOf('notrack') }),
  metered: object<Statement<'metered'>>({ kind: oneOf('metered'), name: text }),
  divert: object<Statement<'divert'>>({ kind: oneOf('divert'), name: text }),
  update: object<Statement<'update'>>({
    kind: oneOf('update'),
    op: oneOf('add', 'update', 'delete'),
    set: text,
    key: expression,
    metered: flag,
  }),
  passing: object<Statement<'passing'>>({ kind: oneOf('passing'), name: text, object: optional(text) }),
  verbatim: object<Statement<'verbatim'>>({ kind: oneOf('verbatim'), json: text }),
});

const base = object<NftBase>({
  type: oneOf('filter', 'nat', 'route'),
  hook: oneOf('ingress', 'egress', 'prerouting', 'input', 'forward', 'output', 'postrouting'),
  priority: number,
  policy: oneOf('accept', 'drop'),
  devices: texts,
});

const rule = object<NftRule>({
  number,
  handle: number,
  text,
  comment: optional(text),
  counters: optional(counters),
  statements: list(statement),
});

const set = object<NftSet>({
  name: text,
  kind: oneOf('set', 'map'),
  keyTypes: texts,
  valueType: optional(text),
  flags: texts,
  elements: list(elementOf(expression)),
  total: optional(number),
  size: optional(number),
  metered: optional(flag),
});

export const nftTable: Decoder<NftTable> = object<NftTable>({
  family: oneOf('ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'),
  name: text,
  handle: number,
  flags: texts,
  chains: list(object<NftChain>({ name: text, handle: number, base: optional(base), rules: list(rule) })),
  sets: list(set),
  objects: list(object<NftObject>({ kind: text, name: text, counters: optional(counters) })),
  flowtables: list(object<NftFlowtable>({ name: text, priority: number, devices: texts })),
  unparsed: texts,
});
