/** What the tables of rules share: the rows of a chain, keys that find a rule again, and what it counted since you look. */
import type { Counters } from '../model/firewall.ts';
import type { RuleWorld } from '../model/hook-order.ts';
import type { MetRule } from '../model/met-rule.ts';
import type { Namespace } from '../model/namespace.ts';
import { formatBytes, formatShortCount } from './format.ts';
import type { PlacedChain } from './rules/chain-order.ts';
import { listChains, type ShownChain, type ShownRule } from './rules/chains.ts';
import type { Marks } from './rules/marks.ts';
import type { Row, Tone } from './table.ts';

/** Packets by row key, as they were when the user began to look. */
export type CounterBaseline = ReadonlyMap<string, number>;

/** What a row of rules tells, before a table chooses columns. */
export type RuleCells = {
  readonly mark: string;
  readonly number: string;
  readonly packets: string;
  readonly gained: string;
  readonly bytes: string;
  readonly text: string;
};

/** A row in the columns that a table shows. */
export type Lay = (cells: Partial<RuleCells>) => readonly string[];

const WORLDS: Readonly<Record<RuleWorld, string>> = {
  'iptables-nft': 'iptables-nft',
  'iptables-legacy': 'iptables-legacy',
  nft: 'nftables',
};
const FAMILIES: Readonly<Record<ShownChain['family'], string>> = {
  ip: 'IPv4',
  ip6: 'IPv6',
  inet: 'IPv4+6',
  arp: 'ARP',
  bridge: 'bridge',
  netdev: 'netdev',
};
/** Nothing counts here: that is not zero. */
const NOT_COUNTED = '-';

/** The packets of every rule and policy now, to compare later readings with. */
export function ruleCounters(namespace: Namespace): CounterBaseline {
  const counters = new Map<string, number>();
  for (const { key, base, rules } of listChains(namespace)) {
    if (base?.policyCounters) counters.set(key, base.policyCounters.packets);
    for (const rule of rules) if (rule.counters) counters.set(rule.key, rule.counters.packets);
  }
  return counters;
}

/** The key of the heading of the chain that the rule of this row jumps to, the first of several; nothing where to none. */
export function findJumpKey(namespace: Namespace, key: string): string | undefined {
  const chains = listChains(namespace);
  for (const { world, family, table, rules } of chains) {
    const [name] = rules.find((rule) => rule.key === key)?.leadsTo ?? [];
    if (name === undefined) continue;
    const found = chains.find(
      (one) => one.world === world && one.family === family && one.table === table && one.name === name,
    );
    return found && headingKey(found);
  }
  return undefined;
}

/** A chain's heading, its rules, and below them its policy, which takes what no rule has taken. */
export function chainRows(
  { realm, chain, elsewhere }: PlacedChain,
  lay: Lay,
  baseline: CounterBaseline | undefined,
  marks: Marks = new Map(),
): readonly Row[] {
  const title = headingOf(chain);
  if (elsewhere !== undefined)
    return [
      {
        key: `${realm} ${chain.key}`,
        cells: [],
        span: `${headingOf(chain, realm)} · its rules are shown with ${elsewhere}`,
        tone: 'dim',
      },
    ];
  const { base, rules } = chain;
  const policy = base && policyCells(chain.key, base, baseline);
  const heading = rules.length === 0 ? `${title} · empty` : title;
  return [
    { key: headingKey(chain), cells: [], span: heading, tone: rules.length === 0 ? 'dim' : 'accent' },
    ...rules.map((rule) => ruleRow(rule, title, lay, baseline, marks.get(rule.key))),
    ...(base && policy
      ? [
          {
            key: chain.key,
            cells: lay({ ...policy, text: `policy ${base.policy}` }),
            full: lay({ ...policy, text: `policy ${base.policy} of ${title}` }),
            tone: policyTone(chain, base.policy),
          },
        ]
      : []),
  ];
}

function ruleRow(
  rule: ShownRule,
  chain: string,
  lay: Lay,
  baseline: CounterBaseline | undefined,
  met: MetRule['matched'] | undefined,
): Row {
  const { gained, ...counted } = countCells(rule.key, rule.counters, baseline);
  const cells = {
    ...counted,
    gained: formatGained(gained),
    mark: met === undefined ? '' : met === 'yes' ? '●' : '?',
    number: String(rule.number),
    text: rule.handle === undefined ? rule.text : `${rule.text} # handle ${rule.handle}`,
  };
  return {
    key: rule.key,
    cells: lay(cells),
    full: lay({ ...cells, text: `${cells.text} · in ${chain}` }),
    tone: ruleTone(rule, gained, met),
  };
}

function ruleTone({ counters }: ShownRule, gained: number, met: MetRule['matched'] | undefined): Tone {
  if (met !== undefined) return met === 'yes' ? 'accent' : 'warn';
  if (gained > 0) return 'good';
  return counters?.packets === 0 ? 'dim' : 'normal';
}

function policyTone({ rules }: ShownChain, policy: string): Tone {
  if (policy.toLowerCase() === 'drop') return 'warn';
  return rules.length === 0 ? 'dim' : 'normal';
}

function policyCells(
  key: string,
  { policyCounters }: NonNullable<ShownChain['base']>,
  baseline: CounterBaseline | undefined,
): Partial<RuleCells> {
  const { gained, ...counted } = countCells(key, policyCounters, baseline);
  return { ...counted, gained: formatGained(gained) };
}

function countCells(
  key: string,
  counters: Counters | undefined,
  baseline: CounterBaseline | undefined,
): { readonly gained: number; readonly packets: string; readonly bytes: string } {
  if (!counters) return { gained: 0, packets: NOT_COUNTED, bytes: NOT_COUNTED };
  const { packets, bytes } = counters;
  return {
    gained: gainedSince(baseline, key, packets),
    packets: formatShortCount(packets),
    bytes: formatBytes(bytes),
  };
}

/** `IPv4 forward 0 · filter FORWARD · iptables-nft`, and for a chain that rules jump to `IPv4 · nat DOCKER · …`. */
function headingOf(
  { world, family, table, name, base, isDormant }: ShownChain,
  whose: string = FAMILIES[family],
): string {
  const where = base ? `${whose} ${base.hook} ${base.place}` : whose;
  const links = base && base.devices.length > 0 ? [`on ${base.devices.join(', ')}`] : [];
  const dormant = isDormant ? ['dormant: not asked'] : [];
  return [where, `${table} ${name}`, WORLDS[world], ...links, ...dormant].join(' · ');
}

function headingKey(chain: Pick<ShownChain, 'key'>): string {
  return `chain ${chain.key}`;
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
