/** Small changes to a text that somebody might make who means ill: characters, words, lines, and parts of JSON. */
import fc from 'fast-check';
import type { Specimen } from './corpus.ts';

/** `at` says where, `by` with what; both are taken modulo what there is. */
export type Mutation = {
  readonly how: (typeof WAYS)[number];
  readonly at: number;
  readonly by: number;
};

const WAYS = [
  'character',
  'cut',
  'word',
  'swap words',
  'repeat word',
  'line',
  'swap lines',
  'repeat lines',
  'value',
  'move value',
  'repeat value',
  'nest value',
  'drop value',
] as const;

const number = fc.nat(2 ** 30);

/** Mutations that are done one after the other, and which specimen to. */
export const hostileInput = fc.record({
  specimen: number,
  mutations: fc.array(fc.record<Mutation>({ how: fc.constantFrom(...WAYS), at: number, by: number }), {
    minLength: 1,
    maxLength: 4,
  }),
});

const CHARACTERS = [
  ...['\0', '\n', '\t', '\r', '\x1b', '\x7f', '\x9b', '\u202e', '\ufeff', '\ufffd', '\ud800', '\u{1f600}'],
  ...['"', "'", '\\', ' ', '!', '-', '+', '*', '/', ':', ',', '#', '@', '{', '[', ']', '}', '0', '9', 'é'],
];
const WORDS = [
  ...[
    '-A',
    '-j',
    '-g',
    '-m',
    '-p',
    '-s',
    '-i',
    '-f',
    '!',
    '--',
    '-',
    '"',
    '""',
    '"\\"',
    '*',
    '[0:0]',
    'COMMIT',
  ],
  ...[
    'INPUT',
    'FORWARD',
    'PREROUTING',
    'DOCKER',
    'KUBE-SERVICES',
    'ACCEPT',
    'DROP',
    'RETURN',
    'DNAT',
    'SNAT',
  ],
  ...[
    'conntrack',
    'set',
    'multiport',
    'tcp',
    'statistic',
    'all',
    'any',
    'NETMAP',
    'MARK',
    'TPROXY',
    'REDIRECT',
  ],
  ...[
    '--to-destination',
    '--to-ports',
    '--dport',
    '--match-set',
    '--comment',
    '--mark',
    '--set-xmark',
    '--uid-owner',
  ],
  ...[
    '0',
    '-1',
    '65536',
    '99999999999999999999',
    '0x',
    '1e999',
    'NaN',
    '255.255.255.255/33',
    '::/129',
    ':::',
    '0/0',
  ],
  ...[
    '10.0.0.1-',
    '-10.0.0.1',
    '[::1]:80',
    ':',
    '1:',
    ':1',
    '9:1',
    ',',
    '0x1/',
    '10.0.0.0/255.0.255.0',
    '::ffff:1.2.3.4',
  ],
  ...[
    'constructor',
    '__proto__',
    'hasOwnProperty',
    'toString',
    'a'.repeat(3000),
    '1'.repeat(3000),
    '\\'.repeat(999),
  ],
];
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0.5,
    1e308,
    2 ** 53,
    65_536,
    '',
    '@',
    '@addrs',
    '@__proto__',
    '*',
    'eth*',
    '\\*',
    '0x',
    '::/0',
  ],
  ...[
    {},
    [],
    [[]],
    { accept: null },
    { drop: null },
    { jump: { target: 'c' } },
    { goto: { target: '' } },
    { x: 1 },
  ],
  ...[
    { set: [] },
    { concat: [] },
    { range: [9, 1] },
    { range: ['::', '1.1.1.1'] },
    { prefix: { addr: 'x', len: -1 } },
  ],
  ...[{ prefix: { addr: '10.0.0.0', len: 1e9 } }, { '<<': [1, 1e9] }, { '<<': ['0xffff', 99] }, { '|': [] }],
  ...[
    { payload: { protocol: '__proto__', field: 'constructor' } },
    { meta: { key: 'toString' } },
    { map: null },
  ],
  ...[
    { numgen: { mode: 'inc', mod: 2 ** 52, offset: 2 ** 52 } },
    { vmap: { key: 1, data: '@vm' } },
    { limit: {} },
  ],
  ...[
    { kind: 'value', value: '*' },
    { kind: 'verbatim', json: '' },
    { kind: 'set', elements: [] },
    'a'.repeat(3000),
  ],
  ...[
    { kind: 'choice', modulus: 0, offset: 0 },
    { kind: 'choice', modulus: 2 ** 52, offset: 2 ** 52 },
  ],
  ...[
    { kind: 'concat', parts: [] },
    { kind: 'list', parts: [] },
    { kind: 'map', key: 1, data: 2 },
  ],
];
/** Copies of a word, lines or an element: few, and now and then enough to show work that grows with the square. */
const COPIES = [2, 2, 3, 3, 4, 5, 9, 9, 9, 20, 20, 20, 60, 60, 60, 1000];
/** Lists inside of lists: deeper than any stack allows, at the most. */
const DEPTHS = [2, 3, 4, 10, 20, 25, 26, 30, 63, 64, 65, 66, 100, 300, 20_000];

/** Characters beyond which a text is not changed any more: what repeats grows with each mutation. */
const LONGEST = 100_000;

/** The text after all mutations; those of JSON do nothing to what is none. */
export function mutate({ kind, text }: Specimen, mutations: readonly Mutation[]): string {
  const isJson = kind === 'nft' || kind === 'snapshot';
  return mutations.reduce(
    (one, mutation) => (one.length > LONGEST ? one : mutateOnce(one, mutation, isJson)),
    text,
  );
}

function mutateOnce(text: string, mutation: Mutation, isJson: boolean): string {
  const { how, at, by } = mutation;
  switch (how) {
    case 'character':
      return splice(text, at % (text.length + 1), by % 2, pick(CHARACTERS, by >> 1));
    case 'cut':
      return splice(text, at % (text.length + 1), by % 40, '');
    case 'word':
    case 'swap words':
    case 'repeat word':
      return changeParts(text, isJson ? '"' : ' ', { ...mutation, what: WORDS });
    case 'line':
    case 'swap lines':
    case 'repeat lines':
      return changeParts(text, '\n', { ...mutation, what: WORDS });
    default:
      return isJson ? mutateJson(text, mutation) : text;
  }
}

function changeParts(
  text: string,
  separator: string,
  { how, at, by, what }: Mutation & { readonly what: readonly string[] },
): string {
  const parts = text.split(separator);
  const here = at % parts.length;
  const there = by % parts.length;
  const part = parts[here] ?? '';
  if (how.startsWith('swap')) {
    parts[here] = parts[there] ?? '';
    parts[there] = part;
  } else if (how.startsWith('repeat')) parts[here] = Array(pick(COPIES, by)).fill(part).join(separator);
  else parts[here] = by % 3 === 0 ? `${part}${separator}${pick(what, by)}` : pick(what, by);
  return parts.join(separator);
}

/** A value inside of a document: what holds it, and under which key. */
type Place = { readonly holder: Record<string, unknown>; readonly key: string };

/** The text as it was where it is no JSON, or nested deeper than JSON.stringify can follow. */
function mutateJson(text: string, mutation: Mutation): string {
  try {
    return mutateDocument(JSON.parse(text), mutation) ?? text;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return text;
    throw error;
  }
}

function mutateDocument(document: unknown, { how, at, by }: Mutation): string | undefined {
  const places: Place[] = [];
  collect(document, places, 0);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return undefined;
  const { holder, key } = place;
  const value = holder[key];
  if (how === 'value') holder[key] = pick(VALUES, by);
  else if (how === 'move value') {
    const from = places[by % places.length];
    // A copy: what holds itself cannot be written as JSON.
    holder[key] = from && JSON.parse(JSON.stringify(from.holder[from.key] ?? null));
  } else if (how === 'repeat value') {
    if (Array.isArray(holder)) holder.splice(Number(key), 0, ...Array(pick(COPIES, by)).fill(value));
  } else if (how === 'drop value') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else {
    const mark = '\u0001nested\u0001';
    const depth = pick(DEPTHS, by);
    const [open, close] = pick(NESTS, by >> 3);
    holder[key] = mark;
    const inside = open.repeat(depth) + JSON.stringify(value) + close.repeat(depth);
    return JSON.stringify(document).replace(JSON.stringify(mark), () => inside);
  }
  return JSON.stringify(document);
}

const NESTS: readonly (readonly [string, string])[] = [
  ['[', ']'],
  ['{"set":[', ']}'],
  ['{"concat":[', ',1]}'],
  ['{"|":[', ',1]}'],
  ['{"map":{"data":"@m","key":', '}}'],
  ['{"kind":"binary","op":"|","right":{"kind":"value","value":1},"left":', '}'],
  ['{"kind":"set","elements":[{"key":', '}]}'],
];

function collect(value: unknown, places: Place[], depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 60) return;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    places.push({ holder, key });
    collect(holder[key], places, depth + 1);
  }
}

function splice(text: string, at: number, removed: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + removed);
}

function pick<T>(list: readonly T[], by: number): T {
  return list[by % list.length] as T;
}
