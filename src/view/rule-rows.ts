/** What the tables of iptables rules share: keys that find a rule again, and what it counted since you look. */
import type { Chain, Rule, Ruleset, Table } from '../model/firewall.ts';
import type { Namespace } from '../model/namespace.ts';
import { formatShortCount } from './format.ts';
import type { Row } from './table.ts';

/** Packets by row key, as they were when the user began to look. */
export type CounterBaseline = ReadonlyMap<string, number>;

/** A chain, with the table and the ruleset that it is in. */
export type ChainPlace = { readonly ruleset: Ruleset; readonly table: Table; readonly chain: Chain };

export function listChains(ruleset: Ruleset): readonly ChainPlace[] {
  return ruleset.tables.flatMap((table) => table.chains.map((chain) => ({ ruleset, table, chain })));
}

/** The packets of every rule and policy now, to compare later readings with. */
export function ruleCounters(namespace: Namespace): CounterBaseline {
  const counters = new Map<string, number>();
  for (const place of (namespace.rulesets ?? []).flatMap(listChains)) {
    const { chain } = place;
    if (chain.policy !== undefined) counters.set(policyKey(place), chain.counters.packets);
    for (const rule of chain.rules) counters.set(ruleKey(place, rule), rule.counters.packets);
  }
  return counters;
}

/** The key of the first row of the chain that the rule of this row jumps to; nothing where it jumps to none. */
export function findJumpKey(namespace: Namespace, key: string): string | undefined {
  for (const place of (namespace.rulesets ?? []).flatMap(listChains)) {
    const rule = place.chain.rules.find((candidate) => ruleKey(place, candidate) === key);
    const chain = rule && place.table.chains.find(({ name }) => name === rule.target);
    if (chain) return chainKey({ ...place, chain });
  }
  return undefined;
}

/** A rule's number is part of its key: two rules of one chain may read the same. */
export function ruleKey(place: ChainPlace, rule: Rule): string {
  return `${policyKey(place)} ${rule.number} ${rule.text}`;
}

export function policyKey({ ruleset, table, chain }: ChainPlace): string {
  return `${ruleset.family} ${ruleset.flavour} ${table.name} ${chain.name}`;
}

function chainKey(place: ChainPlace): string {
  const [first] = place.chain.rules;
  return first === undefined ? policyKey(place) : ruleKey(place, first);
}

/** The row that begins a ruleset, in a table of this many columns. */
export function rulesetRow({ family, flavour }: Ruleset, columns: number): Row {
  const cells = [`${family} (${flavour})`, ...Array<string>(columns - 1).fill('')];
  return { key: `${family} ${flavour}`, cells, tone: 'accent' };
}

/** A counter below its baseline was set to zero meanwhile: all of it is new. A rule without one is new itself. */
export function gainedSince(baseline: CounterBaseline | undefined, key: string, packets: number): number {
  if (baseline === undefined) return 0;
  const before = baseline.get(key) ?? 0;
  return packets >= before ? packets - before : packets;
}

export function formatGained(gained: number): string {
  return gained > 0 ? `+${formatShortCount(gained)}` : '';
}

/** The rule without `-A CHAIN`, which its row already says. */
export function ruleBody(rule: Rule): string {
  return rule.text.replace(/^-A \S+ ?/, '');
}
