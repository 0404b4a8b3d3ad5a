/** The nat tables of a namespace, chain by chain: what each rule counted, and what it gained since you look. */
import type { Ruleset } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatShortCount } from './format.ts';
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
import type { Column, Row, TableView } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'chain', shrink: 10, cut: 'middle' },
  { title: 'packets', align: 'right' },
  { title: 'gained', align: 'right', optional: true },
  { title: 'rule', shrink: 12 },
];

/** Without a baseline (the commands) there is no 'gained' to show, and the column is left out. */
export function natTable(snapshot: Snapshot, namespace: Namespace, baseline?: CounterBaseline): TableView {
  const filled = (namespace.rulesets ?? []).filter((ruleset) => natChains(ruleset).length > 0);
  return {
    columns: COLUMNS,
    rows: filled.flatMap((ruleset) => [
      ...(filled.length > 1 ? [rulesetRow(ruleset, COLUMNS.length)] : []),
      ...natChains(ruleset).flatMap((place) => chainRows(place, baseline)),
    ]),
    empty:
      namespace.rulesets === undefined
        ? formatNotRead(snapshot, namespace.id, 'rulesets')
        : namespace.kind === 'host'
          ? 'no NAT rules on this host'
          : 'no NAT rules in this namespace (those of the host are on the host)',
  };
}

function natChains(ruleset: Ruleset): readonly ChainPlace[] {
  return listChains(ruleset).filter(({ table }) => table.name === 'nat');
}

function chainRows(place: ChainPlace, baseline: CounterBaseline | undefined): readonly Row[] {
  const { chain } = place;
  const rules = chain.rules.map((rule, index): Row => {
    const key = ruleKey(place, rule);
    const gained = gainedSince(baseline, key, rule.counters.packets);
    const told = [formatShortCount(rule.counters.packets), formatGained(gained), ruleBody(rule)];
    return {
      key,
      cells: [index === 0 ? chain.name : '', ...told],
      full: [chain.name, ...told],
      tone: gained > 0 ? 'good' : 'normal',
    };
  });
  if (rules.length > 0) return rules;
  const key = policyKey(place);
  const { packets } = chain.counters;
  const cells =
    chain.policy === undefined
      ? [chain.name, '', '', 'empty']
      : [
          chain.name,
          formatShortCount(packets),
          formatGained(gainedSince(baseline, key, packets)),
          `empty, policy ${chain.policy}`,
        ];
  return [{ key, cells, tone: 'dim' }];
}
