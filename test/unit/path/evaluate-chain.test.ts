import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import { evaluateBaseChain } from '../../../src/path/evaluate-chain.ts';
import { firstPacket } from '../../../src/path/packet.ts';

const NFT = { family: 'ipv4', flavour: 'nft' } as const;
const PLAIN = { marksAreZero: true, allTracked: true };
const PACKET = firstPacket(
  { from: 'a', to: 'b', proto: 'tcp', source: '172.17.0.2', destination: '203.0.113.10', port: 443 },
  'ipv4',
);
/** A condition that holds, one that fails and one that nobody can evaluate. */
const YES = '-p tcp';
const NO = '-p udp';
const MAYBE = '-m set --match-set s src';

/** The possible verdicts of FORWARD, sorted, and the surest decision. */
function run(rules: readonly string[], { policy = 'ACCEPT', chains = ['A', 'B'] } = {}) {
  const dump = [
    '*filter',
    `:FORWARD ${policy} [0:0]`,
    ...chains.map((name) => `:${name} - [0:0]`),
    ...rules,
  ].join('\n');
  const [table] = parseSave(dump, NFT).tables;
  const outcomes = table && evaluateBaseChain(NFT, table, 'FORWARD', PACKET, PLAIN);
  if (!outcomes) throw new Error('no FORWARD');
  const last = outcomes.possible.at(-1);
  return {
    verdicts: [...new Set(outcomes.possible.map(({ verdict }) => verdict))].toSorted().join(' '),
    by: last?.rule?.text ?? 'policy',
    via: last?.via.join(' '),
    unknown: outcomes.unknown,
  };
}

describe('a base chain', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['falls to its policy', [`-A FORWARD ${NO} -j DROP`], 'accept'],
    ['stops at the first rule that holds', [`-A FORWARD ${YES} -j ACCEPT`, '-A FORWARD -j DROP'], 'accept'],
    [
      'passes rules without a target and targets that only note',
      ['-A FORWARD', '-A FORWARD -j LOG', '-A FORWARD -j DROP'],
      'drop',
    ],
    [
      'returns from a called chain to the next rule',
      ['-A FORWARD -j A', '-A FORWARD -j DROP', '-A A -j RETURN', '-A A -j ACCEPT'],
      'drop',
    ],
    [
      'returns at the end of a called chain',
      ['-A FORWARD -j A', '-A FORWARD -j DROP', `-A A ${NO} -j ACCEPT`],
      'drop',
    ],
    ['takes RETURN in itself as its policy', ['-A FORWARD -j RETURN', '-A FORWARD -j DROP'], 'accept'],
    ['does not come back from goto', ['-A FORWARD -g A', '-A FORWARD -j DROP'], 'accept'],
    [
      'comes back over a goto to the caller',
      ['-A FORWARD -j A', '-A FORWARD -j REJECT', '-A A -g B', '-A A -j DROP'],
      'reject',
    ],
    ['keeps both where a terminal rule may hold', [`-A FORWARD ${MAYBE} -j DROP`], 'accept drop'],
    [
      'is certain where the uncertain rule changes nothing',
      [`-A FORWARD ${MAYBE} -j DROP`, '-A FORWARD -j DROP'],
      'drop',
    ],
    [
      'keeps both where a call may happen',
      [`-A FORWARD ${MAYBE} -j A`, '-A FORWARD -j ACCEPT', '-A A -j DROP'],
      'accept drop',
    ],
    [
      'keeps both where a called chain may return',
      ['-A FORWARD -j A', `-A A ${MAYBE} -j RETURN`, '-A A -j DROP'],
      'accept drop',
    ],
    ['keeps both where a goto may happen', [`-A FORWARD ${MAYBE} -g A`, '-A FORWARD -j DROP'], 'accept drop'],
    [
      'is unknown at a target nobody knows, which may pass',
      ['-A FORWARD -j WHAT', '-A FORWARD -j DROP'],
      'drop unknown',
    ],
    ['ends in a loop without hanging', ['-A FORWARD -j A', '-A A -j B', '-A B -j A'], 'unknown'],
    [
      'ignores an uncertain rule whose other condition fails',
      [`-A FORWARD ${MAYBE} ${NO} -j DROP`],
      'accept',
    ],
  ])('%s', (_, rules, verdicts) => {
    expect(run(rules).verdicts).toBe(verdicts);
  });

  test('names the rule that decides, and the way to it', () => {
    const rules = ['-A FORWARD -j A', '-A A -j B', `-A B ${YES} -j DROP`];
    expect(run(rules)).toMatchObject({ by: `-A B ${YES} -j DROP`, via: 'FORWARD A B' });
  });

  test('names the rule that decides for certain among those that may', () => {
    const rules = [`-A FORWARD ${MAYBE} -j DROP`, `-A FORWARD ${MAYBE} -j REJECT`, '-A FORWARD -j DROP'];
    expect(run(rules)).toMatchObject({ verdicts: 'drop reject', by: '-A FORWARD -j DROP' });
  });

  test('names the policy that decides', () => {
    expect(run([`-A FORWARD ${MAYBE} -j DROP`], { policy: 'DROP' })).toMatchObject({
      verdicts: 'drop',
      by: 'policy',
    });
  });

  test('names the rules it could not evaluate', () => {
    expect(run([`-A FORWARD ${MAYBE} -j DROP`, '-A FORWARD -j WHAT']).unknown).toEqual([
      `-A FORWARD ${MAYBE} -j DROP`,
      '-A FORWARD -j WHAT',
    ]);
  });

  test('with unknown conditions holds every answer that either reading of them gives', () => {
    const target = fc.constantFrom('ACCEPT', 'DROP', 'RETURN', 'A', 'B');
    const rule = fc.tuple(
      fc.constantFrom('FORWARD', 'A'),
      fc.constantFrom(YES, NO, MAYBE),
      fc.constantFrom('-j', '-g'),
      target,
    );
    const inB = fc.tuple(
      fc.constant('B'),
      fc.constantFrom(YES, NO, MAYBE),
      fc.constant('-j'),
      fc.constantFrom('ACCEPT', 'DROP', 'RETURN'),
    );
    const print = (rows: readonly (readonly string[])[], readings: readonly string[]) =>
      rows
        // A chain calls only later ones, and only chains are gone to.
        .map(([chain, condition, jump, to], index) => {
          const reached = chain === 'A' && to === 'A' ? 'B' : to;
          const real = reached === 'A' || reached === 'B' ? jump : '-j';
          return `-A ${chain} ${condition === MAYBE ? (readings[index] ?? MAYBE) : condition} ${real} ${reached}`;
        });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(rule, inB), { maxLength: 6 }),
        fc.array(fc.constantFrom(YES, NO), { minLength: 6, maxLength: 6 }),
        (rows, readings) => {
          const possible = run(print(rows, [])).verdicts.split(' ');
          const actual = run(print(rows, readings)).verdicts;
          expect(possible).toContain(actual);
        },
      ),
      { numRuns: 500 },
    );
  });
});
