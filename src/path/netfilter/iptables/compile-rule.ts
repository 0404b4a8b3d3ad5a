/** One iptables rule as steps: its conditions, then what its target does (iptables(8), iptables-extensions(8)). */
import type { Match, Rule } from '../../../model/firewall.ts';
import type { Ternary } from '../../ternary.ts';
import { both, lazily } from '../conditions/logic.ts';
import type { RuleProgram, Step, Test } from '../program.ts';
import { compileOption, compileWhole, isWhole } from './compile-module.ts';
import { type Calls, compileTarget } from './compile-target.ts';

/** What the rules beside this one say. */
export type RuleContext = {
  /** The chains of its table. */
  readonly chains: Calls;
  /** Names of ipsets that some rule adds to or deletes from: what they hold changes while packets pass. */
  readonly changedSets: ReadonlySet<string>;
};

/**
 * The first condition and all others together are two steps: most rules fail at their first one, so that the words of the
 * others need never be read.
 */
export function compileRule(rule: Rule, context: RuleContext): RuleProgram {
  const { number, text, counters, matches } = rule;
  const ref = { number, text, counters };
  const target = compileTarget(rule, context.chains);
  if (matches.length === 0) return { ref, steps: target };
  const end = endOf(matches, 0);
  const steps: Step[] = [{ kind: 'test', test: compileFrom(rule, 0, end, context) }];
  if (end < matches.length) steps.push({ kind: 'test', test: lazily(() => compileRest(rule, end, context)) });
  for (const step of target) steps.push(step);
  return { ref, steps };
}

/** All conditions from `first` on. */
function compileRest(rule: Rule, first: number, context: RuleContext): Test {
  const tests: Test[] = [];
  for (let at = first; at < rule.matches.length; ) {
    const end = endOf(rule.matches, at);
    tests.push(compileFrom(rule, at, end, context));
    at = end;
  }
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (packet, around) => {
    let result: Ternary = 'yes';
    for (const test of tests) {
      result = both(result, test(packet, around));
      if (result === 'no') break;
    }
    return result;
  };
}

/** Where the next question begins: some modules take all their options together. */
function endOf(matches: readonly Match[], first: number): number {
  const module = matches[first]?.module;
  let end = first + 1;
  if (module !== undefined && isWhole(module)) while (matches[end]?.module === module) end += 1;
  return end;
}

function compileFrom(rule: Rule, first: number, end: number, { changedSets }: RuleContext): Test {
  const match = rule.matches[first];
  const module = match?.module ?? '';
  if (match && (module === '' || !isWhole(module))) return compileOption(module, match);
  const options = rule.matches.slice(first, end);
  return compileWhole(module, options, { repeated: isRepeated(module, rule), changedSets });
}

/** Whether `-m MODULE` may stand in the rule more than once: then it is not known which options belong together. */
function isRepeated(module: string, { text }: Rule): boolean {
  const word = ` -m ${module} `;
  return text.indexOf(word) !== text.lastIndexOf(word);
}
