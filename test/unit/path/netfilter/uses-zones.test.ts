import { expect, test } from 'vitest';
import { parseTable } from '../../../../probes/nft/parse-table.ts';
import { usesZones } from '../../../../src/path/netfilter/uses-zones.ts';
import { ruleset } from '../../../helpers/iptables-rules.ts';

const raw = (rule: string) => ruleset(['*raw', ':PREROUTING ACCEPT [0:0]', rule, 'COMMIT']);
const table = (expr: readonly unknown[]) =>
  parseTable(JSON.stringify({ nftables: [{ chain: { name: 'c' } }, { rule: { chain: 'c', expr } }] }), '', {
    family: 'inet',
    name: 't',
    flags: [],
    devices: new Map(),
  });
const zone = { mangle: { key: { ct: { key: 'zone' } }, value: 5 } };

test.each([
  ['no rules', { rulesets: [], nftables: [] }, false],
  [
    'rules about other things',
    { rulesets: [raw('-A PREROUTING -j CT --notrack')], nftables: [table([{ drop: null }])] },
    false,
  ],
  ['CT --zone', { rulesets: [raw('-A PREROUTING -j CT --zone 5')], nftables: [] }, true],
  ['CT --zone-orig', { rulesets: [raw('-A PREROUTING -j CT --zone-orig 5')], nftables: [] }, true],
  ['ct zone set', { rulesets: [], nftables: [table([zone])] }, true],
  ['a statement that is not understood', { rulesets: [], nftables: [table([{ novelty: 1 }])] }, undefined],
  ['rules that were not read', { rulesets: [] }, undefined],
])('with %s', (_, namespace, uses) => {
  expect(usesZones(namespace)).toBe(uses);
});
