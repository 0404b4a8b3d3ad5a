/** Statements of nftables that translate, in the words of nft's JSON; what the kernel does with each is nft_nat.c's. */
import { describe, expect, test } from 'vitest';
import { parseStatements } from '../../../../../probes/nft/parse-statement.ts';
import { compileRule } from '../../../../../src/path/netfilter/nft/compile-rule.ts';
import type { TableContext } from '../../../../../src/path/netfilter/nft/subject.ts';
import type { Packet } from '../../../../../src/path/netfilter/packet.ts';
import type { Verdict } from '../../../../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../../../../src/path/netfilter/surroundings.ts';

const packet: Packet = {
  family: 'ipv4',
  protocol: 6,
  source: '10.1.2.3',
  destination: '192.0.2.1',
  sourcePort: 40_000,
  destinationPort: 80,
  tcpFlags: 2,
  mark: 0,
  connection: {
    state: 'new',
    direction: 'original',
    original: { source: '10.1.2.3', destination: '192.0.2.1', sourcePort: 40_000, destinationPort: 80 },
    sourceTranslated: 'no',
    destinationTranslated: 'no',
    mark: 0,
  },
};
const context: TableContext = {
  family: 'inet',
  sets: new Map(),
  filledSets: new Set(),
  emptiedSets: new Set(),
  setsPacketType: false,
};
const around: Surroundings = { addressType: () => 'unicast', link: () => undefined, ipset: () => undefined };

/** What the rule of this one statement does; `continue` where a condition of it does not hold. */
function verdictsOf(statement: unknown): readonly Verdict[] {
  const rule = { number: 1, handle: 1, text: '', statements: parseStatements([statement]) };
  for (const step of compileRule(rule, context).steps) {
    if (step.kind === 'test' && step.test(packet, around) === 'no') break;
    if (step.kind === 'decide') return step.decide(packet, around);
  }
  return [{ kind: 'continue' }];
}

const one = (text: string) => ({ first: text, last: text });
const byPort = (...elements: readonly unknown[]) => ({
  map: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: { set: elements } },
});
const prefix = (addr: string) => ({ prefix: { addr, len: 16 } });

describe('a statement that translates', () => {
  test.each([
    [
      'dnat ip to 10.0.0.1:8080',
      { dnat: { family: 'ip', addr: '10.0.0.1', port: 8080 } },
      { manip: 'destination', address: one('10.0.0.1'), port: { first: 8080, last: 8080 } },
    ],
    ['dnat to :8080', { dnat: { port: 8080 } }, { manip: 'destination', port: { first: 8080, last: 8080 } }],
    [
      'snat ip to a range of addresses and ports, at random',
      {
        snat: {
          family: 'ip',
          addr: { range: ['10.0.0.1', '10.0.0.5'] },
          port: { range: [80, 90] },
          flags: ['fully-random', 'persistent'],
        },
      },
      {
        manip: 'source',
        random: true,
        address: { first: '10.0.0.1', last: '10.0.0.5' },
        port: { first: 80, last: 90 },
      },
    ],
    ['masquerade', { masquerade: null }, { manip: 'source', address: 'own' }],
    [
      'redirect to :8080',
      { redirect: { port: 8080 } },
      { manip: 'destination', address: 'own', port: { first: 8080, last: 8080 } },
    ],
    [
      'dnat to what a map has for the port',
      { dnat: { family: 'ip', addr: byPort([80, '10.0.0.1'], [81, '10.0.0.2']) } },
      { manip: 'destination', address: one('10.0.0.1') },
    ],
    [
      'dnat to an address and a port of a map',
      { dnat: { family: 'ip', addr: byPort([80, { concat: ['10.0.0.1', 8080] }]) } },
      { manip: 'destination', address: one('10.0.0.1'), port: { first: 8080, last: 8080 } },
    ],
    [
      'snat of a prefix by another one',
      {
        snat: {
          family: 'ip',
          addr: {
            map: {
              key: { payload: { protocol: 'ip', field: 'saddr' } },
              data: { set: [[prefix('10.1.0.0'), prefix('10.2.0.0')]] },
            },
          },
          flags: 'netmap',
        },
      },
      { manip: 'source', netmapLength: 16, address: { first: '10.2.0.0' } },
    ],
    [
      'dnat to an address that nobody can foresee',
      {
        dnat: {
          family: 'ip',
          addr: {
            map: {
              key: { numgen: { mode: 'inc', mod: 2, offset: 0 } },
              data: {
                set: [
                  [0, '10.0.0.1'],
                  [1, '10.0.0.2'],
                ],
              },
            },
          },
        },
      },
      { manip: 'destination', address: 'unknown' },
    ],
    [
      'dnat to what is not understood',
      { dnat: { family: 'ip', addr: { novelty: 1 } } },
      { manip: 'destination', address: 'unknown' },
    ],
  ])('%s', (_, statement, rewrite) => {
    expect(verdictsOf(statement)).toMatchObject([{ kind: 'nat', rewrite }]);
  });

  test('leaves nothing in that it does not say', () => {
    expect(verdictsOf({ masquerade: null })).toEqual([
      { kind: 'nat', rewrite: { manip: 'source', address: 'own' } },
    ]);
  });

  test.each([
    ['of the other family does nothing', { dnat: { family: 'ip6', addr: 'fd00::1' } }],
    ['by a map without the key ends the rule', { dnat: { family: 'ip', addr: byPort([81, '10.0.0.1']) } }],
  ])('%s', (_, statement) => {
    expect(verdictsOf(statement)).toEqual([{ kind: 'continue' }]);
  });
});
