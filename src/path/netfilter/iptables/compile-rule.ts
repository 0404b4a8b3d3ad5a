/** One iptables rule as steps: its conditions, then what its target does (iptables(8), iptables-extensions(8)). */
import type { Match, Rule } from '../../../model/firewall.ts';
import type { Ternary } from '../../ternary.ts';
import { both } from '../conditions/logic.ts';
import type { Packet } from '../packet.ts';
import type { RuleProgram, RuleRef, Step, Test } from '../program.ts';
import type { Surroundings } from '../surroundings.ts';
import { compileOption, compileWhole, isWhole } from './compile-module.ts';
import { type Calls, compileTarget } from './compile-target.ts';

/** What the rules beside this one say. */
export type RuleContext = {
  /** The chains of its table. */
  readonly chains: Calls;
  /** Names of ipsets that some rule adds to or deletes from: what they hold changes while packets pass. */
  readonly changedSets: ReadonlySet<string>;
};

export function compileRule(rule: Rule, context: RuleContext): RuleProgram {
  return new LazyRule(rule, context);
}

class LazyRule implements RuleProgram {
  private readonly rule: Rule;
  private readonly context: RuleContext;
  private made: readonly Step[] | undefined;
  /** Kept from the second packet on: one flow meets most rules once, and a round over all flows each of them often. */
  private first: Test | undefined;
  private isMet = false;

  constructor(rule: Rule, context: RuleContext) {
    this.rule = rule;
    this.context = context;
  }

  get ref(): RuleRef {
    const { number, text, counters } = this.rule;
    return { number, text, counters };
  }

  get steps(): readonly Step[] {
    this.made ??= compileSteps(this.rule, this.context);
    return this.made;
  }

  failsAtOnce(packet: Packet, around: Surroundings): boolean {
    if (this.first) return this.first(packet, around) === 'no';
    const { matches } = this.rule;
    if (matches.length === 0) return false;
    const test = compileFrom(this.rule, 0, endOf(matches, 0), this.context);
    if (this.isMet) this.first = test;
    this.isMet = true;
    return test(packet, around) === 'no';
  }
}

function compileSteps(rule: Rule, context: RuleContext): readonly Step[] {
  const target = compileTarget(rule, context.chains);
  if (rule.matches.length === 0) return target;
  return [{ kind: 'test', test: compileConditions(rule, context) }, ...target];
}

function compileConditions(rule: Rule, context: RuleContext): Test {
  const tests: Test[] = [];
  for (let at = 0; at < rule.matches.length; ) {
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

function compileFrom(rule: Rule, first: number, end: number, context: RuleContext): Test {
  const match = rule.matches[first];
  const module = match?.module ?? '';
  if (match && (module === '' || !isWhole(module))) return compileOption(module, match);
  const options = rule.matches.slice(first, end);
  return compileWhole(module, options, {
    repeated: isRepeated(module, rule),
    get changedSets() {
      return context.changedSets;
    },
  });
}

/** Whether `-m MODULE` may stand in the rule more than once: then it is not known which options belong together. */
function isRepeated(module: string, { text }: Rule): boolean {
  const word = ` -m ${module} `;
  return text.indexOf(word) !== text.lastIndexOf(word);
}
