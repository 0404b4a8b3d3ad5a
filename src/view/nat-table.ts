/** The nat tables of a namespace, chain by chain: what each rule counted, and what it gained since you look. */
import type { Chain, Rule, Ruleset } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatShortCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import type { Row, TableView } from './table.ts';

/** Packets by row key, as they were when the pane was opened. */
export type CounterBaseline = ReadonlyMap<string, number>;

/** Without a baseline (the commands) there is no 'gained' to show, and the column is left out. */
export function natTable(snapshot: Snapshot, namespace: Namespace, baseline?: CounterBaseline): TableView {
  const tables = findNatTables(namespace);
  return {
    columns: [
      { title: 'chain', shrink: 10, cut: 'middle' },
      { title: 'packets', align: 'right' },
      { title: 'gained', align: 'right', optional: true },
      { title: 'rule', shrink: 12 },
    ],
    rows: tables.flatMap(({ ruleset, chains }) => [
      ...(tables.length > 1 ? [headingRow(ruleset)] : []),
      ...chains.flatMap((chain) => chainRows(ruleset, chain, baseline)),
    ]),
    empty:
      namespace.rulesets === undefined
        ? formatNotRead(snapshot, namespace.id, 'rulesets')
        : namespace.kind === 'host'
          ? 'no NAT rules on this host'
          : 'no NAT rules in this namespace (those of the host are on the host)',
  };
}

/** The packets of every NAT rule and policy now, to compare later readings with. */
export function natCounters(namespace: Namespace): CounterBaseline {
  const counters = new Map<string, number>();
  for (const { ruleset, chains } of findNatTables(namespace)) {
    for (const chain of chains) {
      if (chain.policy !== undefined) counters.set(policyKey(ruleset, chain), chain.counters.packets);
      for (const rule of chain.rules) counters.set(ruleKey(ruleset, chain, rule), rule.counters.packets);
    }
  }
  return counters;
}

/** The rule behind a row and the chain it is in; nothing for headings and policies. */
export function findNatRule(
  namespace: Namespace,
  key: string,
): { readonly ruleset: Ruleset; readonly chain: Chain; readonly rule: Rule } | undefined {
  for (const { ruleset, chains } of findNatTables(namespace)) {
    for (const chain of chains) {
      const rule = chain.rules.find((candidate) => ruleKey(ruleset, chain, candidate) === key);
      if (rule !== undefined) return { ruleset, chain, rule };
    }
  }
  return undefined;
}

/** The key of a chain's first row. */
export function chainKey(ruleset: Ruleset, chain: Chain): string {
  const [first] = chain.rules;
  return first === undefined ? policyKey(ruleset, chain) : ruleKey(ruleset, chain, first);
}

type NatTable = { readonly ruleset: Ruleset; readonly chains: readonly Chain[] };

function findNatTables(namespace: Namespace): readonly NatTable[] {
  return (namespace.rulesets ?? []).flatMap((ruleset) => {
    const chains = ruleset.tables.find((table) => table.name === 'nat')?.chains ?? [];
    return chains.length === 0 ? [] : [{ ruleset, chains }];
  });
}

function headingRow(ruleset: Ruleset): Row {
  return {
    key: `${ruleset.family} ${ruleset.flavour}`,
    cells: [`${ruleset.family} (${ruleset.flavour})`, '', '', ''],
    tone: 'accent',
  };
}

function chainRows(ruleset: Ruleset, chain: Chain, baseline: CounterBaseline | undefined): readonly Row[] {
  const rules = chain.rules.map((rule, index): Row => {
    const key = ruleKey(ruleset, chain, rule);
    const gained = gainedSince(baseline, key, rule.counters.packets);
    return {
      key,
      cells: [
        index === 0 ? chain.name : '',
        formatShortCount(rule.counters.packets),
        formatGained(gained),
        ruleBody(rule),
      ],
      tone: gained > 0 ? 'good' : 'normal',
    };
  });
  if (rules.length > 0) return rules;
  const key = policyKey(ruleset, chain);
  const what = chain.policy === undefined ? 'empty' : `empty, policy ${chain.policy}`;
  return [
    {
      key,
      cells: [
        chain.name,
        chain.policy === undefined ? '' : formatShortCount(chain.counters.packets),
        chain.policy === undefined ? '' : formatGained(gainedSince(baseline, key, chain.counters.packets)),
        what,
      ],
      tone: 'dim',
    },
  ];
}

/** A rule's number is part of its key: two rules of one chain may read the same. */
function ruleKey(ruleset: Ruleset, chain: Chain, rule: Rule): string {
  return `${ruleset.family} ${ruleset.flavour} ${chain.name} ${rule.number} ${rule.text}`;
}

function policyKey(ruleset: Ruleset, chain: Chain): string {
  return `${ruleset.family} ${ruleset.flavour} ${chain.name}`;
}

/** A counter below its baseline was set to zero meanwhile: all of it is new. A rule without one is new itself. */
function gainedSince(baseline: CounterBaseline | undefined, key: string, packets: number): number {
  if (baseline === undefined) return 0;
  const before = baseline.get(key) ?? 0;
  return packets >= before ? packets - before : packets;
}

function formatGained(gained: number): string {
  return gained > 0 ? `+${formatShortCount(gained)}` : '';
}

/** The rule without `-A CHAIN`, which its row already says. */
function ruleBody(rule: Rule): string {
  return rule.text.replace(/^-A \S+ ?/, '');
}
