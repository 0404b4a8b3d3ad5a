/**
 * All that the nat chains of a namespace do, rule by rule in the order in which they are met: every translation that is
 * reached from a base chain through jumps, with all conditions on the way, and every rule that spares packets from those
 * that follow. Nothing is known by a chain's name.
 */
import type { NftHook } from '../../model/nftables.ts';
import type { ShownChain, ShownRule } from '../rules/chains.ts';
import { type Condition, joinConditions } from './condition.ts';
import type { Action, NatChain, NatTable } from './program.ts';

/** One way to a rule. */
export type Way = {
  readonly base: ShownChain;
  readonly hook: NftHook;
  readonly conditions: readonly Condition[];
  readonly chain: ShownChain;
  readonly rule: ShownRule;
};

export type Step = Way &
  (
    | { readonly kind: 'translate'; readonly action: Action }
    /** Spares the steps from this one's own place up to `until`; `drop` ends the packet. */
    | { readonly kind: 'accept' | 'return' | 'drop'; until: number }
  );

/** In a table of one family, that it is this family is no condition. */
export function asked({ base, conditions }: Way): readonly Condition[] {
  return base.family === 'inet' ? conditions : conditions.filter(({ kind }) => kind !== 'family');
}

/** Jumps on one way; the kernel allows 16 in nftables, and iptables as many as it has chains. */
const DEEPEST = 32;
/** Steps of one base chain that are told: nobody reads more sentences, and the rules are beneath. */
const MOST_STEPS = 1_000;

export type Flattened = {
  readonly steps: readonly Step[];
  /** The chain does more than is told here. */
  readonly cut: boolean;
};

/** What one base chain does, in order. */
export function flatten(table: NatTable, base: ShownChain, hook: NftHook): Flattened {
  const steps: Step[] = [];
  let visits = 0;
  let isTooDeep = false;
  const matters = new Map<string, boolean>();

  /** Whether anything in the chain, or beyond it, translates or ends the base chain. */
  const isRelevant = (name: string): boolean => {
    const known = matters.get(name);
    if (known !== undefined) return known;
    matters.set(name, false);
    const found = (table.get(name)?.rules ?? []).some(({ branches }) =>
      branches.some(({ ending }) =>
        'chain' in ending ? isRelevant(ending.chain) : ending.kind !== 'return',
      ),
    );
    matters.set(name, found);
    return found;
  };

  const visit = (inside: NatChain, before: readonly Condition[], depth: number): void => {
    const first = steps.length;
    for (const { rule, branches } of inside.rules)
      for (const branch of branches) {
        visits += 1;
        if (visits > MOST_STEPS * 4 || steps.length >= MOST_STEPS) return;
        const conditions = joinConditions([...before, ...branch.conditions], hook);
        if (!conditions) continue;
        const way: Way = { base, hook, conditions, chain: inside.chain, rule };
        const { ending } = branch;
        if (ending.kind === 'translate') steps.push({ ...way, kind: 'translate', action: ending.action });
        else if ('chain' in ending) {
          const next = table.get(ending.chain);
          if (next && isRelevant(ending.chain)) {
            if (depth < DEEPEST) visit(next, conditions, depth + 1);
            else isTooDeep = true;
          }
          if (ending.kind === 'goto') steps.push({ ...way, kind: 'return', until: -1 });
        } else steps.push({ ...way, kind: ending.kind, until: -1 });
      }
    for (const step of steps.slice(first))
      if (step.kind === 'return' && step.until < 0) step.until = steps.length;
  };

  const start = table.get(base.name);
  if (start) visit(start, [], 0);
  for (const step of steps) if (step.kind !== 'translate' && step.until < 0) step.until = steps.length;
  return { steps, cut: isTooDeep || visits > MOST_STEPS * 4 || steps.length >= MOST_STEPS };
}
