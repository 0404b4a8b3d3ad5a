/** The built-in chains of iptables as base chains, with the priorities at which the kernel asks their tables. */
import type { Family } from '../../model/address.ts';
import type { Chain, Ruleset, Table } from '../../model/firewall.ts';
import { builtInHook, builtInPriority } from '../../model/hook-order.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Unread } from './firewall.ts';
import { compileRule, type RuleContext } from './iptables/compile-rule.ts';
import { callsOf } from './iptables/compile-target.ts';
import type { BaseChain, ChainProgram, RuleProgram } from './program.ts';

const FLAVOURS = ['nft', 'legacy'] as const;
const FAMILIES = ['ipv4', 'ipv6'] as const;
const FAMILY_NAMES: Readonly<Record<Family, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };

/** The base chains, and sentences about what of iptables was not read. */
export function iptablesBases({ name, rulesets = [] }: Pick<Namespace, 'name' | 'rulesets'>): {
  readonly bases: readonly BaseChain[];
  readonly unread: readonly Unread[];
} {
  const missing = FAMILIES.flatMap((family) =>
    FLAVOURS.filter(
      (flavour) => !rulesets.some((one) => one.family === family && one.flavour === flavour),
    ).map((flavour) => ({
      family: FAMILY_NAMES[family],
      text: `the ${family} rules of iptables-${flavour} in ${name} were not read`,
    })),
  );
  let found: ReadonlySet<string> | undefined;
  const changedSets = () => {
    found ??= setsChangedBy(rulesets);
    return found;
  };
  return {
    bases: rulesets.flatMap((ruleset) =>
      ruleset.tables.flatMap((table) => basesOf(ruleset, table, changedSets)),
    ),
    unread: [
      ...missing,
      ...rulesets.flatMap(({ family, unparsed }) =>
        unparsed.map((text) => ({ family: FAMILY_NAMES[family], text })),
      ),
    ],
  };
}

/** `changedSets` is asked when a rule is met that has to do with sets: few have, and there may be many rules. */
function basesOf(
  ruleset: Ruleset,
  table: Table,
  changedSets: () => ReadonlySet<string>,
): readonly BaseChain[] {
  const context: RuleContext = {
    chains: callsOf(table.chains.map(({ name }) => name)),
    get changedSets() {
      return changedSets();
    },
  };
  const chains = new Map(table.chains.map((chain) => [chain.name, programOf(chain, context)]));
  return table.chains.flatMap((chain): readonly BaseChain[] => {
    const hook = builtInHook(chain.name);
    const priority = hook && builtInPriority(table.name, hook);
    if (hook === undefined || priority === undefined || chain.policy === undefined) return [];
    return [
      {
        world: `iptables-${ruleset.flavour}`,
        family: FAMILY_NAMES[ruleset.family],
        table: table.name,
        name: chain.name,
        hook,
        priority,
        type:
          table.name === 'nat' ? 'nat' : table.name === 'mangle' && hook === 'output' ? 'route' : 'filter',
        policy: chain.policy === 'ACCEPT' ? 'accept' : chain.policy === 'DROP' ? 'drop' : 'unknown',
        policyCounters: chain.counters,
        chains,
      },
    ];
  });
}

function programOf(chain: Chain, context: RuleContext): ChainProgram {
  let compiled: readonly RuleProgram[] | undefined;
  return {
    name: chain.name,
    rules: () => {
      compiled ??= chain.rules.map((rule) => compileRule(rule, context));
      return compiled;
    },
  };
}

/** The ipsets that some rule adds to or deletes from (`-j SET --add-set NAME src`). */
function setsChangedBy(rulesets: readonly Ruleset[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { tables } of rulesets)
    for (const { chains } of tables)
      for (const { rules } of chains)
        for (const { target, targetOptions } of rules)
          if (target === 'SET')
            for (const { option, values } of targetOptions)
              if (option === 'add-set' || option === 'del-set') names.add(values[0] ?? '');
  return names;
}
