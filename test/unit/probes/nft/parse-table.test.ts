/** nft's JSON and listing as tables; `everything-fw.*` are what nft 1.0.6 printed of test/fixtures/nft/everything.nft. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KernelTable, parseTable } from '../../../../probes/nft/parse-table.ts';
import type { NftStatement, NftTable } from '../../../../src/model/nftables.ts';
import { nftTable } from '../../../../src/view/json/shapes/nftables.ts';
import { checkout } from '../../../helpers/paths.ts';

const read = (name: string) => readFileSync(`${checkout}/test/fixtures/nft/${name}`, 'utf8');
const JSON_TEXT = read('everything-fw.json');
const WORDS = read('everything-fw.txt');
const FW: KernelTable = { family: 'inet', name: 'fw', flags: [], devices: new Map() };

/** A table with one chain and one rule of these expressions. */
function oneRule(...expr: readonly unknown[]): NftTable {
  const nftables = [{ chain: { name: 'c', handle: 1 } }, { rule: { chain: 'c', handle: 2, expr } }];
  return parseTable(JSON.stringify({ nftables }), '', FW);
}

function statementsOf(...expr: readonly unknown[]): readonly NftStatement[] {
  return oneRule(...expr).chains[0]?.rules[0]?.statements ?? [];
}

describe('a table as nft prints it', () => {
  const table = parseTable(JSON_TEXT, WORDS, FW);
  const rules = table.chains.flatMap((chain) => chain.rules);

  test('keeps every rule with its words', () => {
    expect(rules.length).toBeGreaterThan(200);
    expect(
      rules.filter(({ text }) => text === '' || text.startsWith('[') || text.includes('# handle')),
    ).toEqual([]);
    expect(rules.find(({ comment }) => comment === 'hello')?.text).toBe(
      'tcp dport 80 counter accept comment "hello"',
    );
  });

  test('leaves nothing over', () => {
    expect(table.unparsed).toEqual([]);
  });

  test('is the same after a way through a file', () => {
    expect(nftTable(JSON.parse(JSON.stringify(table)))).toEqual(table);
  });
});

describe('one statement', () => {
  test.each([
    [{ accept: null }, { kind: 'verdict', verdict: { kind: 'accept' } }],
    [{ jump: { target: 'x' } }, { kind: 'verdict', verdict: { kind: 'jump', chain: 'x' } }],
    [{ reject: { type: 'icmpx', expr: 'no-route' } }, { kind: 'reject', with: 'icmpx no-route' }],
    [{ queue: { num: 1, flags: 'bypass' } }, { kind: 'queue', bypass: true }],
    [{ queue: null }, { kind: 'queue', bypass: false }],
    [{ limit: 'l1' }, { kind: 'metered', name: 'limit' }],
    [{ redirect: null }, { kind: 'nat', how: 'redirect', flags: [] }],
    [{ flow: { op: 'add', flowtable: '@f' } }, { kind: 'passing', name: 'flow' }],
    [{ xt: null }, { kind: 'verbatim', json: '{"xt":null}' }],
    [
      { accept: null, drop: null },
      { kind: 'verbatim', json: '{"accept":null,"drop":null}' },
    ],
    [{ match: { op: '~', left: 1, right: 2 } }, { kind: 'verbatim' }],
    [{ jump: {} }, { kind: 'verbatim' }],
    [7, { kind: 'verbatim', json: '7' }],
  ])('%j', (expr, statement) => {
    expect(statementsOf(expr)).toMatchObject([statement]);
  });

  test('a counter chosen by a map first asks whether the map has the key', () => {
    const key = { payload: { protocol: 'tcp', field: 'dport' } };
    expect(statementsOf({ counter: { map: { key, data: '@m' } } })).toMatchObject([
      { kind: 'match', op: '==', right: { kind: 'set-name', name: 'm' } },
      { kind: 'passing', name: 'counter' },
    ]);
  });

  test('three operands are taken two by two', () => {
    const [statement] = statementsOf({
      mangle: { key: { meta: { key: 'mark' } }, value: { '|': [1, 2, 4] } },
    });
    expect(statement).toMatchObject({
      value: { op: '|', left: { op: '|', left: { value: 1 }, right: { value: 2 } }, right: { value: 4 } },
    });
  });
});

describe('what is hostile', () => {
  test('names and comments are made safe', () => {
    const nftables = [{ chain: { name: '\u001b[2J', handle: 1 } }];
    const { chains } = parseTable(JSON.stringify({ nftables }), '', FW);
    expect(chains[0]?.name).not.toContain('\u001b');
  });

  test('an expression that is nested without end is kept as text, of bounded length', () => {
    const deep = `${'{"&":['.repeat(20_000)}1${',1]}'.repeat(20_000)}`;
    const nftables = `[{"chain":{"name":"c"}},{"rule":{"chain":"c","expr":[{"match":{"op":"==","left":${deep},"right":1}}]}}]`;
    const { chains } = parseTable(`{"nftables":${nftables}}`, '', FW);
    expect(JSON.stringify(chains).length).toBeLessThan(100_000);
  });

  test('what a set has beyond the limit is counted', () => {
    const elem = Array.from({ length: 20_001 }, (_, index) => index);
    const { sets } = parseTable(JSON.stringify({ nftables: [{ set: { name: 's', elem } }] }), '', FW);
    expect(sets[0]?.elements).toHaveLength(20_000);
    expect(sets[0]?.total).toBe(20_001);
  });

  test('rules of chains that are not there, and things of a kind that is not known, are kept', () => {
    const nftables = [{ rule: { chain: 'gone' } }, { novelty: {} }, 3];
    expect(parseTable(JSON.stringify({ nftables }), '', FW).unparsed).toHaveLength(3);
  });

  test('a base chain that is not understood is no chain without a hook: it is kept as unparsed', () => {
    const chain = { name: 'c', hook: 'later', type: 'filter', prio: 0 };
    expect(parseTable(JSON.stringify({ nftables: [{ chain }] }), '', FW).unparsed).toHaveLength(1);
  });

  test('any change of a byte is read without a failure, and its table can be saved', () => {
    const edit = fc.record({
      at: fc.nat(JSON_TEXT.length - 1),
      remove: fc.nat(8),
      put: fc.string({ maxLength: 4 }),
    });
    const change = (text: string, edits: readonly { at: number; remove: number; put: string }[]) =>
      edits.reduce((all, { at, remove, put }) => all.slice(0, at) + put + all.slice(at + remove), text);
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        fc.array(edit, { maxLength: 3 }),
        (one, two) => {
          const table = parseTable(change(JSON_TEXT, one), change(WORDS, two), FW);
          nftTable(JSON.parse(JSON.stringify(table)));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('any JSON in the place of any part is read without a failure', () => {
    const parts = JSON.parse(JSON_TEXT).nftables as readonly unknown[];
    fc.assert(
      fc.property(
        fc.nat(parts.length - 1),
        fc.jsonValue(),
        fc.infiniteStream(fc.nat(30)),
        (at, junk, steps) => {
          const mutated = replaceSomewhere(parts[at], junk, steps);
          const table = parseTable(JSON.stringify({ nftables: [...parts.slice(1, 30), mutated] }), '', FW);
          nftTable(JSON.parse(JSON.stringify(table)));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** The value with one thing inside of it replaced, found by taking the steps. */
function replaceSomewhere(value: unknown, junk: unknown, steps: IterableIterator<number>): unknown {
  const step = Number(steps.next().value);
  if (typeof value !== 'object' || value === null || step === 0) return junk;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return junk;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const inside = replaceSomewhere((value as Record<string, unknown>)[key], junk, steps);
  return Object.assign(copy, { [key]: inside });
}
