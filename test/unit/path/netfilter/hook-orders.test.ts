/** In which order chains at one place are asked, and what is known of a packet where that is not known. */
import { describe, expect, test } from 'vitest';
import { evaluateHook } from '../../../../src/path/netfilter/evaluate-hook.ts';
import { hookOrders, tiedChains } from '../../../../src/path/netfilter/hook-orders.ts';
import { TIED } from '../../../../src/path/netfilter/join-results.ts';
import type { Packet } from '../../../../src/path/netfilter/packet.ts';
import type { BaseChain, Step, Verdict } from '../../../../src/path/netfilter/program.ts';

type Made = Partial<Pick<BaseChain, 'priority' | 'handle' | 'table' | 'type'>> & {
  readonly steps?: readonly Step[];
};

function chain(name: string, { steps = [], ...made }: Made): BaseChain {
  const rules = steps.length === 0 ? [] : [{ ref: { number: 1, text: `rule of ${name}` }, steps }];
  return {
    world: 'nft',
    family: 'ip',
    table: 't',
    hook: 'prerouting',
    type: 'filter',
    priority: 0,
    policy: 'accept',
    ...made,
    name,
    chains: new Map([[name, { name, rules: () => rules }]]),
  };
}

const names = (chains: readonly BaseChain[]) =>
  hookOrders(chains).map((order) => order.map(({ name }) => name).join(' '));

describe('chains of a hook', () => {
  test('are asked by priority, translating ones where the kernel translates', () => {
    const nat = chain('nat', { type: 'nat', priority: 300 });
    expect(names([chain('b', { priority: 5 }), nat, chain('a', { priority: -101 })])).toEqual(['a nat b']);
  });

  test('of one table at one place: the one that was made last comes first', () => {
    expect(names([chain('old', { handle: 1 }), chain('new', { handle: 2 })])).toEqual(['new old']);
    expect(tiedChains([chain('old', { handle: 1 }), chain('new', { handle: 2 })])).toEqual([]);
  });

  test('of several tables at one place: in every order that respects what is known', () => {
    const all = [
      chain('old', { handle: 1 }),
      chain('new', { handle: 2 }),
      chain('other', { table: 'x', handle: 1 }),
    ];
    expect(names(all).toSorted()).toEqual(['new old other', 'new other old', 'other new old']);
    expect(tiedChains(all)).toHaveLength(3);
  });

  test('that translate keep their own order, before or after one that stands where all of them do', () => {
    const nat = (name: string, priority: number) => chain(name, { type: 'nat', priority, handle: priority });
    const all = [nat('late', -90), nat('early', -110), chain('filter', { priority: -100, handle: 5 })];
    expect(names(all)).toContain('early late filter');
    expect(names(all)).toContain('filter early late');
    expect(names(all).filter((order) => /late.*early/.test(order))).toEqual([]);
  });

  test('that are too many for all orders are tried in one and in its reverse', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((table) => chain(table, { table, handle: 1 }));
    const [first, second, ...more] = hookOrders(many);
    expect(more).toEqual([]);
    expect(second).toEqual(first?.toReversed());
  });
});

const packet: Packet = {
  family: 'ipv4',
  protocol: 6,
  source: '192.0.2.1',
  destination: '192.0.2.2',
  sourcePort: 1000,
  destinationPort: 80,
  tcpFlags: 2,
  connection: {
    state: 'new',
    direction: 'original',
    original: { source: '192.0.2.1', destination: '192.0.2.2', sourcePort: 1000, destinationPort: 80 },
    sourceTranslated: 'no',
    destinationTranslated: 'no',
    mark: 0,
  },
  mark: 0,
};

function evaluate(...bases: readonly BaseChain[]) {
  return evaluateHook({
    firewall: { bases, unread: [] },
    family: 'ip',
    hook: 'prerouting',
    packet,
    around: { addressType: () => 'unicast', link: () => undefined, ipset: () => undefined },
  });
}

const decide = (...verdicts: readonly Verdict[]): Step => ({ kind: 'decide', decide: () => verdicts });
const mark = (value: number): Step => ({ kind: 'change', change: (one) => ({ ...one, mark: value }) });
const ifMarked = (value: number): Step => ({
  kind: 'test',
  test: (one) => (one.mark === value ? 'yes' : 'no'),
});
const at = (table: string, ...steps: readonly Step[]) => chain(table, { table, handle: 1, steps });

describe('a hook with chains in an order that nobody knows', () => {
  test('is as sure as ever where the order changes nothing', () => {
    expect(evaluate(at('a', mark(1)), at('b', decide({ kind: 'drop' })))).toMatchObject({
      verdict: 'drop',
      unknown: [],
    });
    expect(evaluate(at('a', mark(1)), at('b', decide({ kind: 'accept' })))).toMatchObject({
      verdict: 'accept',
      packet: { mark: 1 },
      tied: true,
    });
  });

  test('says that it does not know where one chain asks what the other sets', () => {
    const { verdict, unknown } = evaluate(at('a', mark(1)), at('b', ifMarked(1), decide({ kind: 'drop' })));
    expect(verdict).toBe('unknown');
    expect(unknown.at(-1)).toBe(`${TIED}: nft a a, nft b b`);
  });

  test('stops a packet that one order drops and the other rejects', () => {
    const reject = decide({ kind: 'reject', with: 'icmp-port-unreachable' });
    const { verdict, unknown } = evaluate(at('a', reject), at('b', decide({ kind: 'drop' })));
    expect([verdict, unknown.length]).toEqual(['drop', 1]);
  });

  test('that are very many are asked in the likeliest order and its reverse, or in the one that is sure', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `chain ${index}`);
    expect(hookOrders(many.map((name) => chain(name, { table: name })))).toHaveLength(2);
    const [order, ...others] = names(many.map((name, index) => chain(name, { handle: index })));
    expect([order, others]).toEqual([many.toReversed().join(' '), []]);
  });

  test('does not claim which of two rules drops the packet', () => {
    const drop = decide({ kind: 'drop' });
    const { verdict, unknown } = evaluate(at('a', drop), at('b', drop));
    expect([verdict, unknown.length]).toEqual(['drop', 1]);
  });

  test('lets it go on with a mark that nobody knows', () => {
    expect(evaluate(at('a', mark(1)), at('b', mark(2)))).toMatchObject({
      verdict: 'accept',
      packet: { mark: 'unknown' },
      unknown: [],
    });
  });

  test('loses sight of a packet that the orders send to different places', () => {
    const to = (address: string): Step =>
      decide({ kind: 'nat', rewrite: { manip: 'destination', address: { first: address, last: address } } });
    const nat = (table: string, address: string) =>
      chain(table, { table, type: 'nat', priority: -100, handle: 1, steps: [to(address)] });
    expect(evaluate(nat('a', '192.0.2.8'), nat('b', '192.0.2.9'))).toMatchObject({
      verdict: 'unknown',
      lost: true,
    });
    expect(evaluate(nat('a', '192.0.2.8'), nat('b', '192.0.2.8'))).toMatchObject({
      verdict: 'accept',
      lost: false,
    });
  });
});
