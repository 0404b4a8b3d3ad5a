/**
 * What one table's base chain does to a packet (iptables(8), 'TARGETS'). Every outcome that the unknown conditions
 * leave possible is followed; the answer is definite only where all of them agree.
 */
import type { Chain, Match, Rule, Ruleset, Table } from '../model/firewall.ts';
import { evaluateMatch, type MatchContext } from './match.ts';
import type { Packet } from './packet.ts';
import type { Ternary } from './ternary.ts';

/** `nat` is a target that rewrites and ends the table; `unknown` a target that nobody can follow here. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'nat' | 'unknown';

/** What a chain does, and the rule, or the policy, that does it. */
export type Decision = {
  readonly verdict: Verdict;
  readonly ruleset: Pick<Ruleset, 'family' | 'flavour'>;
  readonly table: string;
  /** Where the deciding rule or policy stands. */
  readonly chain: string;
  /** Absent: the policy decided. */
  readonly rule?: Rule;
  /** The chains that were walked, from the base chain to the deciding one. */
  readonly via: readonly string[];
};

/** All outcomes that are possible, most certain last; and the conditions that could not be evaluated. */
export type Outcomes = { readonly possible: readonly Decision[]; readonly unknown: readonly string[] };

const TERMINAL: Readonly<Record<string, Verdict>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'reject',
  DNAT: 'nat',
  SNAT: 'nat',
  MASQUERADE: 'nat',
  REDIRECT: 'nat',
  NETMAP: 'nat',
};

/** Targets after which the next rule is met (iptables-extensions(8)). */
const PASSING: ReadonlySet<string> = new Set(
  'AUDIT CHECKSUM CLASSIFY CONNMARK CONNSECMARK CT DSCP ECN HL HMARK IDLETIMER LED LOG MARK NFLOG NOTRACK RATEEST SECMARK SET TCPMSS TCPOPTSTRIP TEE TOS TRACE TTL ULOG'.split(
    ' ',
  ),
);

/** Chains nested deeper than this are not followed; the kernel's own limit for nf_tables is 16 (NFT_JUMP_STACK_SIZE). */
const DEEPEST_JUMP = 64;

/** What may follow from a chain; without `decision` the end of the chain, or RETURN, is reached. */
type Step = { readonly decision?: Omit<Decision, 'via'>; readonly via: readonly string[] };

/** The outcomes of a base chain; undefined when the table has no such chain, which means that nothing is done. */
export function evaluateBaseChain(
  ruleset: Pick<Ruleset, 'family' | 'flavour'>,
  table: Table,
  name: string,
  packet: Packet,
  context: MatchContext,
): Outcomes | undefined {
  const base = table.chains.find((chain) => chain.name === name);
  if (!base) return undefined;
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]));
  const unknown = new Set<string>();
  const cache = new Map<string, readonly Step[]>();

  const decide = (chain: Chain, verdict: Verdict, rule?: Rule): Step => ({
    decision: { verdict, ruleset, table: table.name, chain: chain.name, ...(rule ? { rule } : {}) },
    via: [chain.name],
  });

  const walk = (chain: Chain, depth: number): readonly Step[] => {
    const known = cache.get(chain.name);
    if (known) return known;
    // A loop, which the kernel refuses, meets this and ends.
    cache.set(chain.name, [decide(chain, 'unknown')]);
    const steps: Step[] = [];
    let ended = false;
    for (const rule of chain.rules) {
      const matched = evaluateRule(rule, packet, context, unknown);
      if (matched === 'no' || rule.target === undefined || PASSING.has(rule.target)) continue;
      const next = follow(chain, rule, depth);
      steps.push(...next.steps);
      ended = matched === 'yes' && !next.goesOn;
      if (ended) break;
    }
    if (!ended) steps.push({ via: [chain.name] });
    const distinct = oneEach(steps);
    cache.set(chain.name, distinct);
    return distinct;
  };

  const follow = (chain: Chain, rule: Rule, depth: number): { steps: readonly Step[]; goesOn: boolean } => {
    const target = rule.target ?? '';
    const called = chains.get(target);
    if (called && depth < DEEPEST_JUMP) {
      const steps = walk(called, depth + 1).map((step) => ({ ...step, via: [chain.name, ...step.via] }));
      if (rule.jump === 'goto') return { steps, goesOn: false };
      const decided = steps.filter((step) => step.decision);
      return { steps: decided, goesOn: decided.length < steps.length };
    }
    if (target === 'RETURN') return { steps: [{ via: [chain.name] }], goesOn: false };
    const verdict = TERMINAL[target];
    // A target nobody knows may end the chain or not.
    if (verdict === undefined) unknown.add(rule.text);
    return { steps: [decide(chain, verdict ?? 'unknown', rule)], goesOn: verdict === undefined };
  };

  const possible = walk(base, 0).map((step): Decision => {
    if (step.decision) return { ...step.decision, via: step.via };
    const policy: Verdict = base.policy === 'DROP' ? 'drop' : base.policy === 'ACCEPT' ? 'accept' : 'unknown';
    return { verdict: policy, ruleset, table: table.name, chain: base.name, via: [base.name] };
  });
  return { possible, unknown: [...unknown] };
}

/** Whether all conditions of a rule hold; those that stay unknown are noted where they matter. */
function evaluateRule(rule: Rule, packet: Packet, context: MatchContext, unknown: Set<string>): Ternary {
  let result: Ternary = 'yes';
  for (const match of rule.matches) {
    const one = limitsAddressType(rule, match) ? 'unknown' : evaluateMatch(match, packet, context);
    if (one === 'no') return 'no';
    if (one === 'unknown') result = 'unknown';
  }
  if (result === 'unknown' && rule.target !== undefined && !PASSING.has(rule.target)) unknown.add(rule.text);
  return result;
}

/** `--limit-iface-in` changes what the other options of addrtype mean. */
function limitsAddressType(rule: Rule, { module }: Match): boolean {
  return (
    module === 'addrtype' &&
    rule.matches.some((match) => match.module === 'addrtype' && match.option.startsWith('limit-iface'))
  );
}

/** One step for each verdict, the last, which is the surest, of each kind. */
function oneEach(steps: readonly Step[]): readonly Step[] {
  const byVerdict = new Map<string, Step>();
  for (const step of steps) {
    const verdict = step.decision?.verdict ?? 'return';
    byVerdict.delete(verdict);
    byVerdict.set(verdict, step);
  }
  return [...byVerdict.values()];
}
