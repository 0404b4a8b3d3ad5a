import { describe, expect, test } from 'vitest';
import { diffNftables, readAtBoth } from '../../../src/discover/diff/nft-rules.ts';
import type { NftRule, NftSet, NftTable } from '../../../src/model/nftables.ts';

const rule = (number: number, text: string): NftRule => ({ number, handle: number, text, statements: [] });

function table(rules: readonly string[], more: Partial<NftTable> = {}): NftTable {
  const base = { type: 'filter', hook: 'input', priority: 0, policy: 'accept', devices: [] } as const;
  return {
    family: 'inet',
    name: 'fw',
    handle: 1,
    flags: [],
    chains: [{ name: 'in', handle: 1, base, rules: rules.map((text, index) => rule(index + 1, text)) }],
    sets: [],
    objects: [],
    flowtables: [],
    unparsed: [],
    ...more,
  };
}

function setOf(flags: readonly string[], ...values: readonly string[]): NftSet {
  const elements = values.map((value) => ({ key: { kind: 'value', value } as const }));
  return { name: 's', kind: 'set', keyTypes: ['ipv4_addr'], flags, elements };
}

const told = (before: readonly NftTable[], after: readonly NftTable[]) =>
  diffNftables('host', before, after).map(({ change, kind, what }) => `${change} ${kind} ${what}`);

describe('tables of nftables at two times', () => {
  test('differ by rules that came and went', () => {
    expect(told([table(['drop', 'accept'])], [table(['accept', 'tcp dport 22 accept'])])).toEqual([
      'removed rule inet fw in drop',
      'added rule inet fw in tcp dport 22 accept',
    ]);
  });

  test('differ where one fell asleep', () => {
    const [difference, ...more] = diffNftables('host', [table([])], [table([], { flags: ['dormant'] })]);
    expect(difference).toMatchObject({ kind: 'chain', what: 'inet fw in', change: 'changed' });
    expect(more).toEqual([]);
  });

  test('are compared where both times have them, when some could not be read', () => {
    const other = table(['drop'], { name: 'other' });
    expect(readAtBoth([table([]), other], [table([])])).toEqual([table([])]);
  });

  test('differ by what a set holds, but not by what time takes from it', () => {
    const [before, after] = [['1.1.1.1'], ['1.1.1.1', '2.2.2.2']];
    expect(
      told([table([], { sets: [setOf([], ...before)] })], [table([], { sets: [setOf([], ...after)] })]),
    ).toEqual(['added rule inet fw @s 2.2.2.2']);
    const timed = (values: readonly string[]) => [table([], { sets: [setOf(['timeout'], ...values)] })];
    expect(told(timed(before), timed(after))).toEqual([]);
  });
});
