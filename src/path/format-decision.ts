/** A netfilter decision as part of a hop: in words, and as the rule of the public JSON. */
import type { DecidingRule } from '../model/diagnosis.ts';
import type { Decision } from './evaluate-chain.ts';
import type { Hook, HookResult } from './evaluate-hook.ts';
import type { Direction, DraftHop } from './walk.ts';

export function decidingRule({ ruleset, table, chain, rule }: Decision): DecidingRule | 'policy' {
  if (!rule) return 'policy';
  return { family: ruleset.family, table, chain, text: rule.text, number: rule.number };
}

/** Such as `rule 3 of DOCKER-USER in table filter (iptables-nft)`. */
function formatDecision({ ruleset, table, chain, rule }: Decision): string {
  const place = `${chain} in table ${table} (iptables-${ruleset.flavour})`;
  return rule ? `rule ${rule.number} of ${place}` : `the policy of ${place}`;
}

/** The hop of a filtering hook. */
export function filterHop(
  namespace: DraftHop['namespace'],
  hook: Hook,
  { verdict, decision, unknown }: HookResult,
  direction: Direction,
): DraftHop {
  const what = direction === 'answer' ? `${hook}, the answer` : hook;
  const by = decision ? ` by ${formatDecision(decision)}` : '';
  const detail = {
    accept: `${what}: accepted${by || ', no rule is in the way'}`,
    drop: `${what}: dropped${by}`,
    reject: `${what}: rejected${by}`,
    unknown: `${what}: cannot be told`,
  }[verdict];
  return {
    namespace,
    stage: 'netfilter',
    verdict: verdict === 'accept' ? 'pass' : verdict === 'unknown' ? 'unknown' : 'drop',
    detail,
    ...(decision && verdict !== 'unknown' ? { rule: decidingRule(decision) } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}
