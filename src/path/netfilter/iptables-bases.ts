/** The built-in chains of iptables as base chains, with the priorities at which the kernel asks their tables. */
import type { Family } from '../../model/address.ts';
import type { Chain, Ruleset, Table } from '../../model/firewall.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Unread } from './firewall.ts';
import { compileRule } from './iptables/compile-rule.ts';
import type { BaseChain, ChainProgram, HookName, RuleProgram } from './program.ts';

/** enum nf_ip_hook_priorities of linux/netfilter_ipv4.h; linux/netfilter_ipv6.h has the same. */
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const NAT_PRIORITIES: Readonly<Record<string, number>> = {
  PREROUTING: -100,
  OUTPUT: -100,
  INPUT: 100,
  POSTROUTING: 100,
};
const HOOKS: Readonly<Record<string, HookName>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
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
  return {
    bases: rulesets.flatMap((ruleset) => ruleset.tables.flatMap((table) => basesOf(ruleset, table))),
    unread: [
      ...missing,
      ...rulesets.flatMap(({ family, unparsed }) =>
        unparsed.map((text) => ({ family: FAMILY_NAMES[family], text })),
      ),
    ],
  };
}

function basesOf(ruleset: Ruleset, table: Table): readonly BaseChain[] {
  const chains = new Map(table.chains.map((chain) => [chain.name, programOf(chain, table)]));
  return table.chains.flatMap((chain): readonly BaseChain[] => {
    const hook = HOOKS[chain.name];
    const priority = table.name === 'nat' ? NAT_PRIORITIES[chain.name] : PRIORITIES[table.name];
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

function programOf(chain: Chain, table: Table): ChainProgram {
  let compiled: readonly RuleProgram[] | undefined;
  return {
    name: chain.name,
    rules: () => {
      compiled ??= chain.rules.map((rule) => compileRule(rule, table));
      return compiled;
    },
  };
}
