/**
 * What a whole hook does to a packet: its tables in the kernel's order of priorities (linux/netfilter_ipv4.h), each in
 * both flavours. Both run on the same packet, an accept of one is no accept of the other, and a drop of any is final.
 */
import type { Family } from '../model/address.ts';
import type { Rule, Ruleset } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import { type Decision, evaluateBaseChain, type Outcomes, type Verdict } from './evaluate-chain.ts';
import type { MatchContext } from './match.ts';
import type { Packet } from './packet.ts';

export type Hook = 'PREROUTING' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** The filtering tables of each hook in order; `nat` is asked by `evaluateNat`. The security table only labels. */
const TABLES: Readonly<Record<Hook, readonly string[]>> = {
  PREROUTING: ['raw', 'mangle'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'mangle', 'filter'],
  POSTROUTING: ['mangle'],
};

const FLAVOURS: readonly Ruleset['flavour'][] = ['nft', 'legacy'];

/** The rules of one family in one namespace, and what of them was not seen. */
export type Firewall = {
  readonly rulesets: readonly Ruleset[];
  readonly context: MatchContext;
  /** Sentences about rules that exist or may exist and could not be read. */
  readonly unread: readonly string[];
};

export type HookResult = {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** What decided; absent where there is no chain at all, or nothing certain. */
  readonly decision?: Decision;
  readonly unknown: readonly string[];
};

export type NatResult = {
  readonly kind: 'rewritten' | 'unchanged' | 'unknown';
  readonly decision?: Decision;
  readonly unknown: readonly string[];
};

export function viewFirewall(namespace: Namespace, family: Family): Firewall {
  const rulesets = (namespace.rulesets ?? []).filter((ruleset) => ruleset.family === family);
  const rules = rulesets.flatMap(({ tables }) =>
    tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules)),
  );
  return {
    rulesets,
    context: {
      marksAreZero: !rules.some(({ target }) => target === 'MARK' || target === 'CONNMARK'),
      allTracked: !rules.some(stopsTracking),
    },
    unread: FLAVOURS.filter((flavour) => !rulesets.some((ruleset) => ruleset.flavour === flavour)).map(
      (flavour) => `the ${family} rules of iptables-${flavour} in ${namespace.name} were not read`,
    ),
  };
}

/** Whether the filtering tables of this hook let the packet pass. */
export function evaluateHook(firewall: Firewall, hook: Hook, packet: Packet): HookResult {
  const unknown: string[] = [...firewall.unread];
  let passing: Decision | undefined;
  for (const tableName of TABLES[hook]) {
    for (const ruleset of firewall.rulesets) {
      const table = ruleset.tables.find(({ name }) => name === tableName);
      const outcomes = table && evaluateBaseChain(ruleset, table, hook, packet, firewall.context);
      unknown.push(...ruleset.unparsed.filter((line) => !unknown.includes(line)));
      if (!outcomes) continue;
      const decision = outcomes.possible.at(-1);
      if (decision && isFinal(outcomes, ruleset)) {
        return { verdict: decision.verdict === 'reject' ? 'reject' : 'drop', decision, unknown: [] };
      }
      if (outcomes.possible.every(({ verdict }) => verdict === 'accept'))
        passing = passing?.rule ? passing : decision;
      else unknown.push(...outcomes.unknown);
    }
  }
  return {
    verdict: unknown.length > 0 ? 'unknown' : 'accept',
    ...(passing ? { decision: passing } : {}),
    unknown,
  };
}

/** Whether the nat table of this hook rewrites the packet; the first flavour that does ends the matter. */
export function evaluateNat(firewall: Firewall, hook: Hook, packet: Packet): NatResult {
  const unknown: string[] = [...firewall.unread];
  for (const ruleset of firewall.rulesets) {
    const table = ruleset.tables.find(({ name }) => name === 'nat');
    const outcomes = table && evaluateBaseChain(ruleset, table, hook, packet, firewall.context);
    unknown.push(...ruleset.unparsed);
    if (!outcomes) continue;
    const kinds = new Set<Verdict>(outcomes.possible.map(({ verdict }) => verdict));
    const decision = outcomes.possible.at(-1);
    if (kinds.size === 1 && kinds.has('nat') && decision) {
      // An untracked packet has no connection that could be rewritten (nf_nat_inet_fn).
      if (!firewall.context.allTracked)
        unknown.push('a rule of table raw takes packets away from connection tracking');
      else return { kind: 'rewritten', decision, unknown: [] };
    }
    if (kinds.size > 1 || !kinds.has('accept')) unknown.push(...outcomes.unknown);
  }
  return { kind: unknown.length > 0 ? 'unknown' : 'unchanged', unknown };
}

/** Every possible outcome ends the packet, and no line is missing that might have let it pass before. */
function isFinal({ possible }: Outcomes, { unparsed }: Ruleset): boolean {
  return (
    possible.every(({ verdict }) => verdict === 'drop' || verdict === 'reject') &&
    // A comment tells of chains beside these: they could only drop as well.
    unparsed.every((line) => line.startsWith('#'))
  );
}

function stopsTracking({ target, targetOptions }: Rule): boolean {
  return (
    target === 'NOTRACK' || (target === 'CT' && targetOptions.some(({ option }) => option === 'notrack'))
  );
}
