/**
 * All rules of a namespace, of both iptables and of nftables itself, in the order in which packets meet them: the hooks, at
 * each hook the chains by their place, and at last the chains that rules jump to.
 */
import type { MetRule } from '../model/met-rule.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import { type CounterBaseline, chainRows, type Lay } from './rule-rows.ts';
import { orderChains } from './rules/chain-order.ts';
import { listChains } from './rules/chains.ts';
import { findMarks } from './rules/marks.ts';
import { emptyText, isOnlyUnread, unreadRows } from './rules/unread.ts';
import type { Column, TableView } from './table.ts';

const COLUMNS: readonly Column[] = [
  // Of a chosen flow: the rules that it meets.
  { title: '', optional: true },
  { title: '#', align: 'right' },
  // Where there is little room, what was gained says more than the sum, and the rule more than both.
  { title: 'packets', align: 'right', drop: 1 },
  { title: 'gained', align: 'right', optional: true },
  { title: 'bytes', align: 'right', drop: 2 },
  { title: 'rule', shrink: 28 },
];

const lay: Lay = ({ mark = '', number = '', packets = '', gained = '', bytes = '', text = '' }) => [
  mark,
  number,
  packets,
  gained,
  bytes,
  text,
];

/** Without a baseline (the commands) there is no 'gained' to show; `met` are the rules that a chosen flow meets. */
export function firewallTable(
  snapshot: Snapshot,
  namespace: Namespace,
  baseline?: CounterBaseline,
  met: readonly MetRule[] = [],
): TableView {
  const { rulesets, nftables } = namespace;
  const chains = orderChains(listChains(namespace));
  const marks = findMarks(namespace, met);
  if (rulesets === undefined && (nftables ?? []).length === 0)
    return { columns: COLUMNS, rows: [], empty: formatNotRead(snapshot, namespace.id, 'rulesets') };
  const rows = [
    ...unreadRows(snapshot, namespace),
    ...chains.flatMap((placed) => chainRows(placed, lay, baseline, marks)),
  ];
  return {
    columns: COLUMNS,
    rows: isOnlyUnread(rows) ? [] : rows,
    empty: emptyText('no rules of iptables or nftables in this namespace', rows),
  };
}
