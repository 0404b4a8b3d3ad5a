/** All iptables rules of a namespace in the order in which packets meet them (the hooks of linux/netfilter.h). */
import type { Chain, Rule, Ruleset, Table } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatBytes, formatShortCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import type { Row, TableView } from './table.ts';

/** The tables that hang on each hook, by their priority (linux/netfilter_ipv4.h); source NAT comes after filtering. */
const HOOKS: Readonly<Record<string, readonly string[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
};

type Place = { readonly ruleset: Ruleset; readonly table: Table; readonly chain: Chain };

export function firewallTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const filled = (namespace.rulesets ?? []).filter(({ tables }) => tables.length > 0);
  return {
    columns: [
      { title: 'chain', shrink: 12, cut: 'middle' },
      { title: 'table' },
      { title: 'packets', align: 'right' },
      { title: 'bytes', align: 'right', drop: 1 },
      { title: 'rule', shrink: 12 },
    ],
    rows: filled.flatMap((ruleset) => [headingRow(ruleset), ...orderChains(ruleset).flatMap(chainRows)]),
    empty:
      namespace.rulesets === undefined
        ? formatNotRead(snapshot, namespace.id, 'rulesets')
        : 'no iptables rules in this namespace',
  };
}

/** The chains on hooks first, hook by hook, then those that rules jump to, table by table. */
function orderChains(ruleset: Ruleset): readonly Place[] {
  const places = ruleset.tables.flatMap((table) => table.chains.map((chain) => ({ ruleset, table, chain })));
  const hooked = Object.entries(HOOKS).flatMap(([hook, tables]) =>
    tables.flatMap((name) => places.filter(({ table, chain }) => table.name === name && chain.name === hook)),
  );
  return [...hooked, ...places.filter((place) => !hooked.includes(place))];
}

function headingRow({ family, flavour }: Ruleset): Row {
  return { key: `${family} ${flavour}`, cells: [`${family} (${flavour})`, '', '', '', ''], tone: 'accent' };
}

/** A chain's rules, and below them its policy, which takes what no rule has taken. */
function chainRows(place: Place): readonly Row[] {
  const { ruleset, table, chain } = place;
  const key = `${ruleset.family} ${ruleset.flavour} ${table.name} ${chain.name}`;
  const rows = chain.rules.map((rule, index) => ({
    key: `${key} ${rule.number}`,
    cells: [
      index === 0 ? chain.name : '',
      index === 0 ? table.name : '',
      ...countersOf(rule),
      ruleBody(rule),
    ],
    tone: rule.counters.packets === 0 ? ('dim' as const) : ('normal' as const),
  }));
  const names = rows.length === 0 ? [chain.name, table.name] : ['', ''];
  if (chain.policy !== undefined)
    return [
      ...rows,
      { key, cells: [...names, ...countersOf(chain), `policy ${chain.policy}`], tone: policyTone(chain) },
    ];
  return rows.length > 0 ? rows : [{ key, cells: [...names, '', '', 'empty'], tone: 'dim' }];
}

function policyTone({ policy, rules }: Chain): 'warn' | 'dim' | 'normal' {
  if (policy === 'DROP') return 'warn';
  return rules.length === 0 ? 'dim' : 'normal';
}

function countersOf({ counters }: Pick<Rule, 'counters'>): readonly string[] {
  return [formatShortCount(counters.packets), formatBytes(counters.bytes)];
}

/** The rule without `-A CHAIN`, which its row already says. */
function ruleBody(rule: Rule): string {
  return rule.text.replace(/^-A \S+ ?/, '');
}
