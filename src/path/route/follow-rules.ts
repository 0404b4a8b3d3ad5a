/**
 * Goes through the policy rules in order until one decides (fib_rules_lookup() of net/core/fib_rules.c). Where it is not
 * known whether a rule applies, both ways are followed.
 */
import type { PolicyRule } from '../../model/policy-rule.ts';
import type { Ternary } from '../ternary.ts';
import { parsePrefix } from './bits.ts';
import type { Fib, RuleBook, Table } from './fib.ts';
import type { Flow } from './flow.ts';
import { type FibOutcome, type Outcomes, refusing } from './outcome.ts';
import { ruleMatches } from './rule-matches.ts';

/** What one table says; undefined: nothing, or `throw`, so that the next rule is asked. */
export type AskTable = (table: Table) => FibOutcome | undefined;

/** Possible outcomes that are followed; beyond it the answer is unknown, as it would be anyway. */
const POSSIBLE = 16;

/** Every outcome that is possible, in the order of the rules; at least one. */
export function followRules(fib: Fib, flow: Flow, askTable: AskTable): Outcomes {
  const all = fib.books.map((book) => followBook(fib, book, flow, askTable));
  const why =
    all.find((one) => one.why !== undefined)?.why ??
    (all.length > 1
      ? 'whether policy rules were ever changed here: the kernel goes by them only from then on'
      : undefined);
  return { all: all.flatMap((one) => one.all), ...(why === undefined ? {} : { why }) };
}

function followBook(fib: Fib, { rules, tables }: RuleBook, flow: Flow, askTable: AskTable): Outcomes {
  const all: FibOutcome[] = [];
  const starts = new Set<number>([0]);
  let why: string | undefined;
  // A goto leads forward only, so that every start is reached in order and once.
  for (const start of starts) {
    let index: number | undefined = start;
    while (index !== undefined && index < rules.length && all.length < POSSIBLE) {
      const rule: PolicyRule | undefined = rules[index];
      const match = rule ? ruleMatches(rule, flow, fib) : ({ is: 'no' } as const);
      const next: number = index + 1;
      index = next;
      if (!rule || match.is === 'no') continue;
      const does = act(rule, rules, tables, askTable, fib);
      if (match.is === 'unknown') {
        if (does.kind === 'next') continue;
        why ??= `policy rule ${rule.priority} may apply or not: ${match.unless} is not known`;
        if (does.kind === 'goto') starts.add(does.index);
        else all.push(does.outcome);
      } else if (does.kind === 'goto') index = does.index;
      else if (does.kind === 'end') {
        all.push(does.outcome);
        index = undefined;
      }
    }
    if (index !== undefined) all.push({ kind: 'none' });
  }
  return { all, ...(why === undefined ? {} : { why }) };
}

type Doing =
  | { readonly kind: 'next' }
  | { readonly kind: 'goto'; readonly index: number }
  | { readonly kind: 'end'; readonly outcome: FibOutcome };

const NEXT: Doing = { kind: 'next' };

function act(
  rule: PolicyRule,
  rules: readonly PolicyRule[],
  tables: ReadonlyMap<string, Table>,
  askTable: AskTable,
  fib: Fib,
): Doing {
  const refused = refusing(rule.action);
  if (refused) return { kind: 'end', outcome: { kind: 'refused', how: refused, rule } };
  switch (rule.action) {
    case 'nop':
      return NEXT;
    case 'goto': {
      const index = rules.findIndex(({ priority }) => priority === rule.goto);
      // An unresolved one does nothing; one that led back would be refused by the kernel.
      return index < 0 || (rule.goto ?? 0) <= rule.priority ? NEXT : { kind: 'goto', index };
    }
    case 'lookup': {
      if (rule.l3mdev === true)
        return { kind: 'end', outcome: { kind: 'unknown', why: 'the VRF decides which table is asked' } };
      const table = tables.get(rule.table ?? '');
      const outcome = table && askTable(table);
      const suppressed = outcome ? suppresses(rule, outcome, fib) : 'yes';
      if (!outcome || suppressed === 'yes') return NEXT;
      if (suppressed === 'unknown')
        return { kind: 'end', outcome: { kind: 'unknown', why: 'which of several next hops is used' } };
      return { kind: 'end', outcome: outcome.kind === 'unknown' ? outcome : withRule(outcome, rule) };
    }
    default:
      return {
        kind: 'end',
        outcome: {
          kind: 'unknown',
          why: `the action ${rule.action} of policy rule ${rule.priority} is not known`,
        },
      };
  }
}

function withRule(outcome: Exclude<FibOutcome, { kind: 'unknown' }>, rule: PolicyRule): FibOutcome {
  return outcome.kind === 'none' ? outcome : { ...outcome, rule };
}

/** fib4_rule_suppress(): a route that is found does not count; one that refuses does. */
function suppresses(rule: PolicyRule, outcome: FibOutcome, { family, links }: Fib): Ternary {
  if (outcome.kind !== 'route') return 'no';
  const length = parsePrefix(outcome.route.destination, family)?.length ?? 0;
  if (rule.suppressPrefixLength !== undefined && length <= rule.suppressPrefixLength) return 'yes';
  if (rule.suppressLinkGroup === undefined) return 'no';
  // IPv4 looks at the first next hop, whichever is used.
  const hops = family === 'ipv4' ? outcome.route.nextHops.slice(0, 1) : outcome.hops;
  const inGroup = hops.filter(({ ifindex }) => {
    const link = links.find((one) => one.ifindex === ifindex);
    return link !== undefined && (link.group ?? 0) === rule.suppressLinkGroup;
  });
  if (inGroup.length === 0) return 'no';
  return inGroup.length === hops.length ? 'yes' : 'unknown';
}
