/** One iptables rule as steps: its conditions, then what its target does (iptables(8), iptables-extensions(8)). */
import type { Match, Rule } from '../../../model/firewall.ts';
import type { RuleProgram, Step } from '../program.ts';
import { compileModule } from './compile-module.ts';
import { compileTarget } from './compile-target.ts';

/** What the rules beside this one say. */
export type RuleContext = {
  /** Names of the chains of its table. */
  readonly chains: ReadonlySet<string>;
  /** Names of ipsets that some rule adds to or deletes from: what they hold changes while packets pass. */
  readonly changedSets: ReadonlySet<string>;
};

export function compileRule(rule: Rule, context: RuleContext): RuleProgram {
  const { number, text, counters } = rule;
  const tests = splitModules(rule.matches).flatMap(({ module, options }) =>
    compileModule(module, options, { repeated: isRepeated(module, rule), changedSets: context.changedSets }),
  );
  return {
    ref: { number, text, counters },
    steps: [...tests.map((test): Step => ({ kind: 'test', test })), ...compileTarget(rule, context)],
  };
}

/** Options of one module belong together: some decide about the others. Built-in conditions have the module ''. */
function splitModules(
  matches: readonly Match[],
): readonly { readonly module: string; readonly options: readonly Match[] }[] {
  const groups: { module: string; options: Match[] }[] = [];
  for (const match of matches) {
    const module = match.module ?? '';
    const last = groups.at(-1);
    if (last?.module === module) last.options.push(match);
    else groups.push({ module, options: [match] });
  }
  return groups;
}

/** Whether `-m MODULE` may stand in the rule more than once: then it is not known which options belong together. */
function isRepeated(module: string, { text, matches }: Rule): boolean {
  if (module === '' || matches.length < 2) return false;
  const word = ` -m ${module} `;
  return text.indexOf(word) !== text.lastIndexOf(word);
}
