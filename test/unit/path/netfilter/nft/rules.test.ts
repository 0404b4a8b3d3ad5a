/** Rules of nftables evaluated where the kernel cannot show it: what is not known, and what nobody may rely on. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KernelTable, parseTable } from '../../../../../probes/nft/parse-table.ts';
import { evaluateChain } from '../../../../../src/path/netfilter/evaluate-chain.ts';
import { nftBases } from '../../../../../src/path/netfilter/nft-bases.ts';
import type { Packet } from '../../../../../src/path/netfilter/packet.ts';
import type { Surroundings } from '../../../../../src/path/netfilter/surroundings.ts';
import { checkout } from '../../../../helpers/paths.ts';

const INET: KernelTable = { family: 'inet', name: 't', flags: [], devices: new Map() };
const around: Surroundings = {
  hook: 'forward',
  addressType: () => 'unicast',
  link: () => undefined,
  ipset: () => undefined,
};
const packet: Packet = {
  family: 'ipv4',
  protocol: 6,
  source: '10.0.0.1',
  destination: '10.0.0.2',
  sourcePort: 'ephemeral',
  destinationPort: 80,
  tcpFlags: 2,
  mark: 0,
  inLink: 'eth0',
  outLink: 'eth1',
  connection: {
    state: 'new',
    direction: 'original',
    original: { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 'ephemeral', destinationPort: 80 },
    sourceTranslated: 'no',
    destinationTranslated: 'no',
    mark: 0,
  },
};

type Item = Readonly<Record<string, unknown>>;

function basesOf(items: readonly Item[], table = INET) {
  const json = JSON.stringify({
    nftables: [
      { chain: { name: 'base', hook: 'forward', type: 'filter', prio: 0, policy: 'accept' } },
      { chain: { name: 'sub' } },
      ...items,
    ],
  });
  return nftBases({ gaps: [] }, { id: '1', name: 'x', nftables: [parseTable(json, '', table)] }).bases;
}

/** How a chain with these rules, of policy accept, may end. */
function endsOf(rules: readonly (readonly Item[])[], sets: readonly Item[] = [], seen: Partial<Packet> = {}) {
  const [base] = basesOf([...sets, ...rules.map((expr) => ({ rule: { chain: 'base', expr } }))]);
  if (!base) throw new Error('no base chain');
  const { outcomes } = evaluateChain(base, { ...packet, ...seen }, around);
  return outcomes.map(({ decision }) => decision.verdict.kind).sort();
}

const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const match = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } });
const drop = { drop: null };
const dport = payload('tcp', 'dport');
const sport = payload('tcp', 'sport');

describe('what may hold or not', () => {
  test.each([
    ['a port that the kernel chooses', match(sport, 40_000), ['accept', 'drop']],
    ['that it is not a port that the kernel never chooses', match(sport, 22), ['accept']],
    ['that it is among all that the kernel may choose', match(sport, { range: [1024, 65535] }), ['drop']],
    ['a rate', { limit: { rate: 5, per: 'second' } }, ['accept', 'drop']],
    ['a number of connections', { 'ct count': { val: 5 } }, ['accept', 'drop']],
    ['a set that is not there', match(dport, '@gone'), ['accept', 'drop']],
    ['a constant that is not understood', match(dport, 'novelty'), ['accept', 'drop']],
    ['an expression that is not evaluated', match({ rt: { key: 'mtu' } }, 5), ['accept', 'drop']],
    ['one of another protocol', match(payload('udp', 'dport'), 80, '!='), ['accept']],
  ])('%s', (_, condition, ends) => {
    expect(endsOf([[condition, drop]])).toEqual(ends);
  });

  test('a statement that is not understood may end the chain', () => {
    expect(endsOf([[{ xt: null }]])).toEqual(['accept', 'unknown']);
  });

  test('what the connection is decides only where it is known', () => {
    const connection = { ...packet.connection, state: 'unknown' } as const;
    const condition = match({ ct: { key: 'state' } }, 'new', 'in');
    expect(endsOf([[condition, drop]], [], { connection })).toEqual(['accept', 'drop']);
  });

  test('a mark that is not known may be any, but not under a mask that leaves none of it', () => {
    const masked = (bits: number) => ({ '&': [{ meta: { key: 'mark' } }, bits] });
    expect(endsOf([[match(masked(1), 1), drop]], [], { mark: 'unknown' })).toEqual(['accept', 'drop']);
    expect(endsOf([[match(masked(0), 0), drop]], [], { mark: 'unknown' })).toEqual(['drop']);
  });
});

describe('verdict maps', () => {
  const vmap = (key: unknown, data: unknown) => ({ vmap: { key, data } });
  const set = (...elements: readonly unknown[]) => ({ set: elements });

  test('of a number that nobody foresees: each verdict that may come, and no other', () => {
    const key = { numgen: { mode: 'random', mod: 2, offset: 0 } };
    expect(endsOf([[vmap(key, set([0, { accept: null }], [1, drop]))]])).toEqual(['accept', 'drop']);
    expect(endsOf([[vmap(key, set([0, drop], [1, drop], [2, { accept: null }]))]])).toEqual(['drop']);
  });

  test('without the key, the rule ends and the next one is asked', () => {
    expect(endsOf([[vmap(dport, set([81, { accept: null }]))], [drop]])).toEqual(['drop']);
  });

  test('`*` is for what has no element of its own', () => {
    expect(endsOf([[vmap(dport, set(['*', drop], [80, { accept: null }]))]])).toEqual(['accept']);
    expect(endsOf([[vmap(dport, set(['*', drop], [81, { accept: null }]))]])).toEqual(['drop']);
  });

  test('a pattern of names and a jump', () => {
    const key = { meta: { key: 'iifname' } };
    const rules = [[vmap(key, set(['eth*', { jump: { target: 'sub' } }]))]];
    const sub = { rule: { chain: 'sub', expr: [drop] } };
    expect(endsOf(rules, [sub])).toEqual(['drop']);
  });
});

describe('sets', () => {
  const set = (more: Item) => ({ set: { name: 's', type: 'inet_service', ...more } });

  test('that rules fill may hold what they do not show, that others have counted as well', () => {
    const fill = [{ set: { op: 'add', elem: dport, set: '@s' } }];
    const ask = [match(dport, '@s'), drop];
    expect(endsOf([ask], [set({ elem: [81] })])).toEqual(['accept']);
    expect(endsOf([fill, ask], [set({ elem: [81] })])).toEqual(['accept', 'drop']);
    expect(endsOf([fill, ask], [set({ elem: [80] })])).toEqual(['drop']);
  });

  test('that are full end a rule that adds to them', () => {
    const fill = [{ set: { op: 'add', elem: dport, set: '@s' } }, drop];
    expect(endsOf([fill], [set({ size: 2, elem: [1] })])).toEqual(['drop']);
    expect(endsOf([fill], [set({ size: 1, elem: [1] })])).toEqual(['accept', 'drop']);
  });

  test('whose elements have a limit let through or not', () => {
    const limited = set({ elem: [80], stmt: [{ limit: { rate: 1, per: 'second' } }] });
    expect(endsOf([[match(dport, '@s'), drop]], [limited])).toEqual(['accept', 'drop']);
  });
});

describe('changes', () => {
  test('of the mark are seen by later rules, a map’s too', () => {
    const value = { map: { key: dport, data: { set: [[80, 7]] } } };
    const mark = { mangle: { key: { meta: { key: 'mark' } }, value } };
    expect(endsOf([[mark], [match({ meta: { key: 'mark' } }, 7), drop]])).toEqual(['drop']);
  });

  test('of an address or a port are seen by later rules, where they can be told', () => {
    const write = (field: string, value: unknown, of = 'ip') => ({
      mangle: { key: payload(of, field), value },
    });
    const asks = (value: unknown, wanted = '1.1.1.1') => [
      [write('daddr', value)],
      [match(payload('ip', 'daddr'), wanted), drop],
    ];
    expect(endsOf(asks('1.1.1.1'))).toEqual(['drop']);
    expect(endsOf(asks('1.1.1.2'))).toEqual(['accept']);
    expect(endsOf(asks({ jhash: { mod: 3, offset: 0 } }))).toEqual(['accept', 'drop']);
    expect(endsOf(asks('1.1.1.1', '10.0.0.2'))).toEqual(['accept']);
    expect(endsOf([[write('dport', 22, 'tcp')], [match(dport, 22), drop]])).toEqual(['drop']);
    expect(endsOf([[write('protocol', 17)], [match(dport, 80), drop]])).toEqual(['accept', 'drop']);
    const raw = { payload: { base: 'nh', offset: 128, len: 32 } };
    expect(
      endsOf([[{ mangle: { key: raw, value: 16843009 } }], ...asks('1.1.1.1', '10.0.0.2').slice(1)]),
    ).toEqual(['accept', 'drop']);
    const maybe = [{ limit: { rate: 5, per: 'second' } }, write('daddr', '1.1.1.1')];
    expect(endsOf([maybe, [match(payload('ip', 'daddr'), '10.0.0.2'), drop]])).toEqual(['accept', 'drop']);
  });
});

test('whom a frame is for is known where it is routed, not where a bridge passes it on', () => {
  const rule = { rule: { chain: 'base', expr: [match({ meta: { key: 'pkttype' } }, 'host'), drop] } };
  const ends = (['inet', 'bridge'] as const).map((family) => {
    const [base] = basesOf([rule], { ...INET, family });
    return base ? evaluateChain(base, packet, around).outcomes.length : 0;
  });
  expect(ends).toEqual([1, 2]);
});

test('a table that sleeps asks nothing', () => {
  expect(basesOf([], { ...INET, flags: ['dormant'] })).toEqual([]);
});

test('no table that nft may print breaks the evaluation', () => {
  const text = readFileSync(`${checkout}/test/fixtures/nft/everything-fw.json`, 'utf8');
  const parts = (JSON.parse(text).nftables as readonly Item[]).filter((item) => 'rule' in item);
  const scalar = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.nat(parts.length - 1), fc.nat(9), scalar, fc.boolean(), (at, place, junk, isV4) => {
      let count = 0;
      const mutated = JSON.parse(JSON.stringify(parts[at]), (_, value: unknown) => {
        if (typeof value === 'object') return value;
        count += 1;
        return count === place ? junk : value;
      });
      const bases = basesOf([{ rule: { ...mutated.rule, chain: 'base' } }]);
      const seen = isV4
        ? packet
        : { ...packet, family: 'ipv6' as const, source: 'fd00::1', destination: 'fd00::2' };
      for (const base of bases) expect(evaluateChain(base, seen, around).outcomes).not.toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});
