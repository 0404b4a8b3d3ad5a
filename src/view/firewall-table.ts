/** All iptables rules of a namespace in the order in which packets meet them (the hooks of linux/netfilter.h). */
import type { Chain, Counters, Ruleset } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatBytes, formatShortCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import {
  type ChainPlace,
  type CounterBaseline,
  formatGained,
  gainedSince,
  listChains,
  policyKey,
  ruleBody,
  ruleKey,
  rulesetRow,
} from './rule-rows.ts';
import type { Column, Row, TableView, Tone } from './table.ts';

/** The tables that hang on each hook, by their priority (linux/netfilter_ipv4.h); source NAT comes after filtering. */
const HOOKS: Readonly<Record<string, readonly string[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
};

const COLUMNS: readonly Column[] = [
  { title: 'chain', shrink: 12, cut: 'middle' },
  { title: 'table' },
  // Where there is little room, what was gained says more than the sum, and the rule more than both.
  { title: 'packets', align: 'right', drop: 1 },
  { title: 'gained', align: 'right', optional: true },
  { title: 'bytes', align: 'right', drop: 2 },
  { title: 'rule', shrink: 18 },
];

/** Without a baseline (the commands) there is no 'gained' to show, and the column is left out. */
export function firewallTable(
  snapshot: Snapshot,
  namespace: Namespace,
  baseline?: CounterBaseline,
): TableView {
  const filled = (namespace.rulesets ?? []).filter(({ tables }) => tables.length > 0);
  return {
    columns: COLUMNS,
    rows: filled.flatMap((ruleset) => [
      rulesetRow(ruleset, COLUMNS.length),
      ...orderChains(ruleset).flatMap((place) => chainRows(place, baseline)),
    ]),
    empty:
      namespace.rulesets === undefined
        ? formatNotRead(snapshot, namespace.id, 'rulesets')
        : 'no iptables rules in this namespace',
  };
}

/** The chains on hooks first, hook by hook, then those that rules jump to, table by table. */
function orderChains(ruleset: Ruleset): readonly ChainPlace[] {
  const places = listChains(ruleset);
  const hooked = Object.entries(HOOKS).flatMap(([hook, tables]) =>
    tables.flatMap((name) => places.filter(({ table, chain }) => table.name === name && chain.name === hook)),
  );
  return [...hooked, ...places.filter((place) => !hooked.includes(place))];
}

/** A chain's rules, and below them its policy, which takes what no rule has taken. */
function chainRows(place: ChainPlace, baseline: CounterBaseline | undefined): readonly Row[] {
  const { table, chain } = place;
  const names = [chain.name, table.name];
  const count = (key: string, { packets, bytes }: Counters) => {
    const gained = gainedSince(baseline, key, packets);
    return { gained, cells: [formatShortCount(packets), formatGained(gained), formatBytes(bytes)] };
  };
  const rows = chain.rules.map((rule, index): Row => {
    const key = ruleKey(place, rule);
    const { gained, cells } = count(key, rule.counters);
    const told = [...cells, ruleBody(rule)];
    return {
      key,
      cells: [...(index === 0 ? names : ['', '']), ...told],
      full: [...names, ...told],
      tone: gained > 0 ? 'good' : rule.counters.packets === 0 ? 'dim' : 'normal',
    };
  });
  const key = policyKey(place);
  if (chain.policy !== undefined) {
    const told = [...count(key, chain.counters).cells, `policy ${chain.policy}`];
    const cells = [...(rows.length === 0 ? names : ['', '']), ...told];
    return [...rows, { key, cells, full: [...names, ...told], tone: policyTone(chain) }];
  }
  return rows.length > 0 ? rows : [{ key, cells: [...names, '', '', '', 'empty'], tone: 'dim' }];
}

function policyTone({ policy, rules }: Chain): Tone {
  if (policy === 'DROP') return 'warn';
  return rules.length === 0 ? 'dim' : 'normal';
}
