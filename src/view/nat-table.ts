/** What a namespace translates: sentences of what its rules do, who is translated right now, and the rules beneath. */
import type { Namespace } from '../model/namespace.ts';
import type { NftFamily } from '../model/nftables.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import { formatCount, formatPlural, formatShortCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import { mayTranslate, translatedNow } from './nat/connections.ts';
import { formatProxies } from './nat/published.ts';
import { natSentences, type Sentence } from './nat/sentences.ts';
import { type CounterBaseline, chainRows, formatGained, gainedSince, type Lay } from './rule-rows.ts';
import { orderChains } from './rules/chain-order.ts';
import { listChains, type ShownChain } from './rules/chains.ts';
import { emptyText, isOnlyUnread, unreadRows } from './rules/unread.ts';
import type { Column, Row, TableView } from './table.ts';

const COLUMNS: readonly Column[] = [
  // Where there is little room, what was gained says more than the sum, and the sentence more than both.
  { title: 'packets', align: 'right', drop: 1 },
  { title: 'gained', align: 'right', optional: true },
  { title: 'translation', shrink: 40 },
];

/** Under a sentence, or a chain's heading. */
const INDENT = '  ';

const lay: Lay = ({ packets = '', gained = '', number = '', text = '' }) => [
  packets,
  gained,
  number === '' ? text : `${INDENT}${number.padStart(2)}  ${text}`,
];

const GROUPS: Readonly<Record<NftFamily, string>> = {
  ip: 'IPv4',
  ip6: 'IPv6',
  inet: 'IPv4 and IPv6',
  arp: 'ARP',
  bridge: 'bridge',
  netdev: 'netdev',
};

/** Without a baseline (the commands) there is no 'gained' to show, and the column is left out. */
export function natTable(snapshot: Snapshot, namespace: Namespace, baseline?: CounterBaseline): TableView {
  const { rulesets, nftables, kind } = namespace;
  if (rulesets === undefined && (nftables ?? []).length === 0)
    return { columns: COLUMNS, rows: [], empty: formatNotRead(snapshot, namespace.id, 'rulesets') };
  const chains = natChains(listChains(namespace));
  const rules = orderChains(chains).flatMap((placed) => chainRows(placed, lay, baseline));
  const rows = [
    ...unreadRows(snapshot, namespace),
    ...sentenceRows(snapshot, namespace, baseline, rules.length > 0),
    ...(rules.length === 0 ? [] : [heading('rules', 'the rules'), ...rules]),
  ];
  const none =
    kind === 'host'
      ? 'no NAT rules on this host'
      : 'no NAT rules in this namespace (those of the host are on the host)';
  return { columns: COLUMNS, rows: isOnlyUnread(rows) ? [] : rows, empty: emptyText(none, rows) };
}

/** The sentences as data, each with the rules it tells of; undefined where no rules were read. */
export function translationsJson(snapshot: Snapshot, namespace: Namespace): readonly object[] | undefined {
  if (namespace.rulesets === undefined && namespace.nftables === undefined) return undefined;
  const sentences = natSentences(snapshot, namespace);
  const now = translatedNow(namespace.conntrack, sentences);
  return sentences.map(({ key, text, world, family, rules }) => ({
    text,
    world,
    family,
    rules: rules.map(({ number, handle, text: rule, counters }) => ({
      number,
      ...(handle === undefined ? {} : { handle }),
      text: rule,
      ...(counters ? { counters } : {}),
    })),
    ...(now.bySentence.has(key) ? { now: now.bySentence.get(key) } : {}),
  }));
}

/** Where the row of a sentence leads: to the first rule it tells of. */
export function findSentenceRule(snapshot: Snapshot, namespace: Namespace, key: string): string | undefined {
  return natSentences(snapshot, namespace).find((sentence) => sentence.key === key)?.rules[0]?.key;
}

/** The chains of tables that translate, of each world and family. */
function natChains(chains: readonly ShownChain[]): readonly ShownChain[] {
  const tableOf = ({ world, family, table }: ShownChain) => `${world} ${family} ${table}`;
  const translating = chains.filter(({ base }) => base?.translates);
  const tables = new Set(translating.map(tableOf));
  const reached = reachedFrom(translating, chains);
  return chains.filter(
    (chain) =>
      (chain.world !== 'nft' && chain.table === 'nat' && tables.has(tableOf(chain))) || reached.has(chain),
  );
}

/** These chains, and those that their rules lead to: a table of nftables may hold filters beside. */
function reachedFrom(from: readonly ShownChain[], chains: readonly ShownChain[]): ReadonlySet<ShownChain> {
  const byPlace = new Map(chains.map((chain) => [chain.key, chain] as const));
  const reached = new Set(from);
  for (const { world, family, table, rules } of reached)
    for (const name of rules.flatMap(({ leadsTo }) => leadsTo)) {
      const next = byPlace.get(`${family} ${world} ${table} ${name}`);
      if (next) reached.add(next);
    }
  return reached;
}

function sentenceRows(
  snapshot: Snapshot,
  namespace: Namespace,
  baseline: CounterBaseline | undefined,
  hasRules: boolean,
): readonly Row[] {
  const sentences = natSentences(snapshot, namespace);
  const now = translatedNow(namespace.conntrack, sentences);
  const groups = [...Map.groupBy(sentences, ({ family, world }) => `${GROUPS[family]} · ${worldOf(world)}`)];
  const rows = groups.flatMap(([title, members]) => [
    ...(groups.length > 1 ? [heading(title, title)] : []),
    ...exceptionsLast(members).flatMap((sentence): readonly Row[] => {
      const told = now.bySentence.get(sentence.key);
      return [sentenceRow(sentence, baseline), ...(told === undefined ? [] : [note(sentence.key, told)])];
    }),
  ]);
  const none = heading('none', 'no rule here translates anything', 'dim');
  // What was not read or not understood may translate anything.
  const isWhole = unreadRows(snapshot, namespace).length === 0;
  const mayBeTranslated = (socket: Socket) =>
    !isWhole || sentences.some((sentence) => mayTranslate(sentence, socket));
  const proxied = new Set(sentences.flatMap(({ proxies = [] }) => proxies));
  return [
    ...(rows.length > 0 || !hasRules ? rows : [none]),
    ...formatProxies(namespace, proxied, mayBeTranslated).map(({ key, text }) => note(key, text, '')),
    ...(now.others === undefined ? [] : [note('others', now.others)]),
  ];
}

/** What is left as it is matters less than what is not. */
function exceptionsLast(sentences: readonly Sentence[]): readonly Sentence[] {
  const translating = sentences.filter(({ translation }) => translation);
  return [...translating, ...sentences.filter(({ translation }) => !translation)];
}

function worldOf(world: Sentence['world']): string {
  return world === 'nft' ? 'nftables' : world;
}

function sentenceRow(
  { key, text, rules, translation }: Sentence,
  baseline: CounterBaseline | undefined,
): Row {
  const counted = rules.flatMap(({ key: rule, counters }) =>
    counters ? [{ packets: counters.packets, gained: gainedSince(baseline, rule, counters.packets) }] : [],
  );
  const isCounted = rules.length > 0 && counted.length === rules.length;
  const packets = counted.reduce((sum, one) => sum + one.packets, 0);
  const gained = counted.reduce((sum, one) => sum + one.gained, 0);
  const sum = isCounted ? formatPlural(packets, 'packet') : 'not counted';
  const since = gained > 0 ? `, +${formatCount(gained)} since you look` : '';
  return {
    key,
    cells: lay({ packets: isCounted ? formatShortCount(packets) : '-', gained: formatGained(gained), text }),
    full: lay({ text: `${text}: ${sum}${since}` }),
    tone: gained > 0 ? 'good' : translation === undefined ? 'dim' : 'normal',
  };
}

function note(key: string, text: string, indent = INDENT): Row {
  return { key: `note ${key}`, cells: lay({ text: `${indent}${text}` }), full: lay({ text }), tone: 'dim' };
}

function heading(key: string, text: string, tone: Row['tone'] = 'accent'): Row {
  return { key: `heading ${key}`, cells: [], span: text, tone };
}
