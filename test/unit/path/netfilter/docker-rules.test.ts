/** The rules that real engines make (test/golden, see test/docker/path-28.test.ts): every word of them must be understood. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSave } from '../../../../probes/iptables/parse-save.ts';
import type { Rule, Ruleset } from '../../../../src/model/firewall.ts';
import { compileRule } from '../../../../src/path/netfilter/iptables/compile-rule.ts';
import type { Packet } from '../../../../src/path/netfilter/packet.ts';
import { packet, ping, surroundings } from '../../../helpers/iptables-rules.ts';
import { checkout } from '../../../helpers/paths.ts';

const ends = { ipv4: {}, ipv6: { source: 'fd00::2', destination: '2001:db8::1' } };

describe.each(['20.10', '28'])('the rules of Docker %s', (version) => {
  const text = readFileSync(`${checkout}/test/golden/docker-${version}.txt`, 'utf8');
  const rulesets = (['ipv4', 'ipv6'] as const).map((family) => {
    const tool = family === 'ipv4' ? 'iptables-nft-save' : 'ip6tables-nft-save';
    const dump = text.split(`# ${tool}\n`)[1]?.split(/^# /m)[0] ?? '';
    return { dump, ruleset: parseSave(dump, { family, flavour: 'nft' }) };
  });

  test('are parsed to the last line', () => {
    for (const { dump, ruleset } of rulesets) {
      expect(ruleset.unparsed).toEqual([]);
      expect(rulesOf(ruleset).map((rule) => rule.text)).toEqual(
        dump.split('\n').flatMap((line) => (line.startsWith('-A ') ? [line] : [])),
      );
    }
    expect(rulesets.flatMap(({ ruleset }) => rulesOf(ruleset)).length).toBeGreaterThan(80);
  });

  test('hold no condition and no target that nobody knows', () => {
    for (const { ruleset } of rulesets) {
      const known = { ...ends[ruleset.family] };
      const packets = [packet(known), packet({ ...known, protocol: 17, tcpFlags: 0 }), ping(known)];
      const strange = rulesOf(ruleset).filter((rule) => isStrange(rule, ruleset, packets));
      expect(strange.map((rule) => rule.text)).toEqual([]);
    }
  });
});

function rulesOf({ tables }: Ruleset): readonly Rule[] {
  return tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}

/** A condition is known that says yes or no of at least one kind of packet of which all is known. */
function isStrange(rule: Rule, { tables }: Ruleset, packets: readonly Packet[]): boolean {
  const names = tables.flatMap(({ chains }) => chains.map(({ name }) => name));
  const alone = rule.matches.map((match): Rule => ({ ...rule, matches: [match] }));
  const targets = names.includes(rule.target ?? '') ? [] : [{ ...rule, matches: [] }];
  return [...alone, ...targets].some((part) => {
    const { steps } = compileRule(part, { chains: new Map(), changedSets: new Set() });
    const tests = steps.flatMap((step) => (step.kind === 'test' ? [step.test] : []));
    const decides =
      part.matches.length > 0 ? [] : steps.flatMap((step) => (step.kind === 'decide' ? [step.decide] : []));
    return (
      tests.some((asks) => packets.every((one) => asks(one, surroundings()) === 'unknown')) ||
      decides.some((decide) =>
        packets.every((one) => decide(one, surroundings()).some(({ kind }) => kind === 'unknown')),
      )
    );
  });
}
