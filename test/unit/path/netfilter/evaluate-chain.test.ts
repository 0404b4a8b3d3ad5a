/** What a base chain makes of a packet, over jumps, returns, changes, and rules of which nobody can tell whether they match. */
import { describe, expect, test } from 'vitest';
import { evaluateChain } from '../../../../src/path/netfilter/evaluate-chain.ts';
import { basesOf, packet, ruleset, surroundings } from '../../../helpers/iptables-rules.ts';

const UNKNOWN = '-m limit --limit 3/min';

/** FORWARD of a table with these rules; other chains are A, B and C. */
function evaluate(rules: readonly string[], policy = 'ACCEPT', table = 'filter', asked = packet()) {
  const [base] = basesOf(
    ruleset([
      `*${table}`,
      `:FORWARD ${policy} [0:0]`,
      ...['A', 'B', 'C'].map((name) => `:${name} - [0:0]`),
      ...rules.map((rule) => `-A ${rule}`),
      'COMMIT',
    ]),
  );
  if (!base) throw new Error('no chain');
  return evaluateChain(base, asked, surroundings());
}

/** Each possible end as `verdict chain:rule`, policies without a number. */
const ends = (rules: readonly string[], policy?: string) =>
  evaluate(rules, policy).outcomes.map(
    ({ decision: { verdict, chain, rule } }) => `${verdict.kind} ${chain}${rule ? `:${rule.number}` : ''}`,
  );

describe('a chain', () => {
  test.each<[string, readonly string[], string, readonly string[]]>([
    ['without rules does what its policy says', [], 'DROP', ['drop FORWARD']],
    [
      'ends at the first rule that matches',
      ['FORWARD -p udp -j DROP', 'FORWARD -j ACCEPT', 'FORWARD -j DROP'],
      'DROP',
      ['accept FORWARD:2'],
    ],
    [
      'passes over rules that only count',
      ['FORWARD -p tcp', 'FORWARD -j DROP'],
      'ACCEPT',
      ['drop FORWARD:2'],
    ],
    [
      'goes on behind a chain that has come to its end',
      ['FORWARD -j A', 'FORWARD -j DROP', 'A -p udp -j ACCEPT'],
      'ACCEPT',
      ['drop FORWARD:2'],
    ],
    [
      'goes on behind a chain that returns',
      ['FORWARD -j A', 'FORWARD -j DROP', 'A -j RETURN', 'A -j ACCEPT'],
      'ACCEPT',
      ['drop FORWARD:2'],
    ],
    ['ends inside of a chain', ['FORWARD -j A', 'A -j B', 'B -j ACCEPT'], 'DROP', ['accept B:1']],
    [
      'that returns itself does what its policy says',
      ['FORWARD -j RETURN', 'FORWARD -j ACCEPT'],
      'DROP',
      ['drop FORWARD'],
    ],
    [
      'does not come back from a chain that it goes to',
      ['FORWARD -g A', 'FORWARD -j ACCEPT', 'A -p udp -j DROP'],
      'DROP',
      ['drop FORWARD'],
    ],
    [
      'comes back to whoever called the chain that goes elsewhere',
      ['FORWARD -j A', 'FORWARD -j ACCEPT', 'A -g B', 'A -j DROP', 'B -j RETURN'],
      'DROP',
      ['accept FORWARD:2'],
    ],
    [
      'calls a chain twice',
      [
        'FORWARD -j A',
        'FORWARD -j MARK --set-xmark 0x1/0xffffffff',
        'FORWARD -j A',
        'A -m mark --mark 0x1 -j DROP',
      ],
      'ACCEPT',
      ['drop A:1'],
    ],
    [
      'ends at a chain that calls itself, which no kernel takes',
      ['FORWARD -j A', 'A -j A'],
      'DROP',
      ['unknown A:1', 'drop FORWARD'],
    ],
  ])('%s', (_, rules, policy, expected) => {
    expect(ends(rules, policy)).toEqual(expected);
  });

  test('names the chains on the way to the rule that decides', () => {
    const { outcomes } = evaluate(['FORWARD -j A', 'A -g B', 'B -j DROP']);
    expect(outcomes[0]?.decision.via).toEqual(['FORWARD', 'A', 'B']);
    expect(outcomes[0]?.decision.rule?.text).toBe('-A B -j DROP');
  });
});

describe('a rule that may match', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['leaves both ends possible', [`FORWARD ${UNKNOWN} -j DROP`], ['drop FORWARD:1', 'accept FORWARD']],
    [
      'decides only who accepts, where all ends accept',
      [`FORWARD ${UNKNOWN} -j ACCEPT`, `FORWARD ${UNKNOWN} -j A`],
      ['accept FORWARD:1', 'accept FORWARD'],
    ],
    [
      'is surely passed over where another condition fails',
      [`FORWARD ${UNKNOWN} -p udp -j DROP`],
      ['accept FORWARD'],
    ],
    ['may lead into a chain', [`FORWARD ${UNKNOWN} -j A`, 'A -j DROP'], ['drop A:1', 'accept FORWARD']],
    ['may lead away', [`FORWARD ${UNKNOWN} -g A`, 'FORWARD -j DROP'], ['accept FORWARD', 'drop FORWARD:2']],
    [
      'may be one whose target nobody knows',
      ['FORWARD -j WHATEVER', 'FORWARD -j DROP'],
      ['unknown FORWARD:1', 'drop FORWARD:2'],
    ],
  ])('%s', (_, rules, expected) => {
    expect(ends(rules)).toEqual(expected);
  });

  test('is named where it matters, and only there', () => {
    expect(evaluate([`FORWARD ${UNKNOWN} -j DROP`, `FORWARD ${UNKNOWN} -j LOG`]).unknown).toEqual([
      `-A FORWARD ${UNKNOWN} -j DROP`,
    ]);
  });

  test('leaves a mark that nobody knows, which a later rule may set for sure', () => {
    const may = `FORWARD ${UNKNOWN} -j MARK --set-xmark 0x1/0xffffffff`;
    expect(evaluate([may]).outcomes[0]?.packet.mark).toBe('unknown');
    expect(ends([may, 'FORWARD -m mark --mark 0x1 -j DROP'])).toEqual(['drop FORWARD:2', 'accept FORWARD']);
    const sure = 'FORWARD -j MARK --set-xmark 0x2/0xffffffff';
    expect(evaluate([may, sure]).outcomes[0]?.packet.mark).toBe(2);
    expect(ends([may, sure, 'FORWARD -m mark --mark 0x1 -j DROP'])).toEqual(['accept FORWARD']);
  });

  test('leaves no doubt about a mark that it would not change', () => {
    expect(evaluate([`FORWARD ${UNKNOWN} -j MARK --set-xmark 0x0/0xffffffff`]).outcomes[0]?.packet.mark).toBe(
      0,
    );
  });

  test('makes a chain that marks leave either mark', () => {
    const { outcomes } = evaluate([`FORWARD ${UNKNOWN} -j A`, 'A -j MARK --set-xmark 0x1/0xffffffff']);
    expect(outcomes.map(({ packet: { mark } }) => mark)).toEqual(['unknown']);
  });
});

describe('the rules that a packet meets', () => {
  test('are told in order, with how sure it is', () => {
    const { met } = evaluate([
      'FORWARD -p udp -j DROP',
      'FORWARD -j A',
      'A -p tcp',
      `A ${UNKNOWN} -j DROP`,
      'FORWARD -j ACCEPT',
    ]);
    expect(met.map(({ chain, rule, matched }) => `${chain}:${rule.number} ${matched}`)).toEqual([
      'FORWARD:2 yes',
      'A:1 yes',
      'A:2 unknown',
      'FORWARD:3 yes',
    ]);
  });

  test('carry marks from one to the next', () => {
    const { outcomes } = evaluate([
      'FORWARD -j MARK --set-xmark 0x10/0xffffffff',
      'FORWARD -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      'FORWARD -j MARK --set-xmark 0x0/0xffffffff',
      'FORWARD -m connmark --mark 0x10 -m mark --mark 0x0 -j DROP',
    ]);
    expect(outcomes.map(({ decision }) => decision.rule?.number)).toEqual([4]);
  });
});

describe('chains made to take for ever', () => {
  /** A table of nat in which each chain calls the next several times, and the last holds these rules. */
  const nested = (depth: number, calls: number, last: readonly string[]) => {
    const names = Array.from({ length: depth }, (_, index) => `c${index}`);
    const called = names.flatMap((name, index) => {
      const next = names[index + 1];
      return next === undefined
        ? last.map((rule) => `${name} ${rule}`)
        : Array(calls).fill(`${name} ${UNKNOWN} -j ${next}`);
    });
    const [base] = basesOf(
      ruleset([
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ...names.map((name) => `:${name} - [0:0]`),
        '-A PREROUTING -j c0',
        ...called.map((rule) => `-A ${rule}`),
        'COMMIT',
      ]),
    );
    if (!base) throw new Error('no chain');
    return evaluateChain(base, packet(), surroundings());
  };
  const kinds = ({ outcomes }: ReturnType<typeof nested>) =>
    new Set(outcomes.map(({ decision }) => decision.verdict.kind));

  test('by calling each other end unknown', () => {
    expect(kinds(nested(60, 10, ['-p udp -j RETURN']))).toContain('unknown');
    expect(kinds(nested(3, 2, ['-p tcp -j DNAT --to-destination 192.0.2.9']))).toEqual(
      new Set(['nat', 'accept']),
    );
  });

  test('by handing thousands of ends from one to the other keep few of them', () => {
    const targets = Array.from(
      { length: 5_000 },
      (_, port) => `${UNKNOWN} -j DNAT --to-destination 192.0.2.9:${port + 1}`,
    );
    const result = nested(
      60,
      2,
      targets.map((rule) => `-p tcp ${rule}`),
    );
    expect(kinds(result)).toContain('unknown');
    expect(result.outcomes.length).toBeLessThan(100);
  });
});
