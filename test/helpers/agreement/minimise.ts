/** The least of a ruleset that still shows what is wrong with it. */
import type { RandomRules, RandomTable } from './rules.ts';
import { type Bench, type Found, tryRules } from './try-rules.ts';

/** Leaves out tables and rules one by one, as long as the same packet is still contradicted. */
export async function minimise(
  bench: Bench,
  rules: RandomRules,
  found: Found,
): Promise<{ rules: RandomRules; found: Found }> {
  let least = rules;
  let last = found;
  const tryLess = async (less: RandomRules): Promise<boolean> => {
    try {
      const trial = await tryRules(bench, less, [found.opening]);
      if (!trial.found || kindOf(trial.found.text) !== kindOf(found.text)) return false;
      least = less;
      last = trial.found;
      return true;
    } catch {
      // What cannot be loaded without the rest is no smaller ruleset.
      return false;
    }
  };
  if (!(await tryLess(rules))) return { rules, found };
  for (let at = least.length - 1; at >= 0; at -= 1) await tryLess(least.filter((_, index) => index !== at));
  for (let table = 0; table < least.length; table += 1)
    for (let chain = (least[table]?.chains.length ?? 0) - 1; chain >= 0; chain -= 1) {
      for (let rule = (least[table]?.chains[chain]?.rules.length ?? 0) - 1; rule >= 0; rule -= 1)
        await tryLess(withoutRule(least, table, chain, rule));
      await tryLess(withoutChain(least, table, chain));
    }
  for (let table = 0; table < least.length; table += 1)
    for (let at = (least[table]?.declarations.length ?? 0) - 1; at >= 0; at -= 1)
      await tryLess(
        changeTable(least, table, (one) => ({
          ...one,
          declarations: one.declarations.filter((_, index) => index !== at),
        })),
      );
  await tryLess(least);
  return { rules: least, found: last };
}

/** Contradictions that differ in names and numbers only are the same. */
function kindOf(text: string): string {
  return text.replace(/\b[a-z]*\d.*$/, '').slice(0, 40);
}

function changeTable(
  rules: RandomRules,
  at: number,
  change: (table: RandomTable) => RandomTable,
): RandomRules {
  return rules.map((table, index) => (index === at ? change(table) : table));
}

function withoutChain(rules: RandomRules, table: number, chain: number): RandomRules {
  return changeTable(rules, table, (one) => ({
    ...one,
    chains: one.chains.filter((_, index) => index !== chain),
  }));
}

function withoutRule(rules: RandomRules, table: number, chain: number, rule: number): RandomRules {
  return changeTable(rules, table, (one) => ({
    ...one,
    chains: one.chains.map((two, index) =>
      index === chain ? { ...two, rules: two.rules.filter((_, number) => number !== rule) } : two,
    ),
  }));
}
