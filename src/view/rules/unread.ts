/** What of the rules of a namespace was not read, or not understood, as rows and as a sentence. */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { formatGap, gapExplains } from '../gaps.ts';
import type { Row } from '../table.ts';

const NFT_UNREAD = 'the tables of nftables itself were not read';

/** What of the rules was not read, or read and not understood: it may do anything. */
export function unreadRows(snapshot: Snapshot, namespace: Namespace): readonly Row[] {
  const { rulesets, nftables } = namespace;
  const gaps = snapshot.gaps
    .filter((gap) => gap.namespace === namespace.id && gapExplains(gap, 'rulesets'))
    .map((gap) => formatGap(snapshot, gap));
  const missing = [
    ...(nftables === undefined && gaps.length === 0 ? [NFT_UNREAD] : []),
    ...(rulesets === undefined && gaps.length === 0 ? ['the rules of iptables were not read'] : []),
  ];
  const odd = [
    ...(rulesets ?? []).flatMap(({ family, flavour, unparsed }) =>
      unparsed.map((line) => `not understood, ${family} iptables-${flavour}: ${line}`),
    ),
    ...(nftables ?? []).flatMap(({ family, name, unparsed }) =>
      unparsed.map((line) => `not understood, table ${family} ${name}: ${line}`),
    ),
  ];
  return [...gaps, ...missing, ...odd].map((text, index) => ({
    key: `unread ${index}`,
    cells: [],
    span: text,
    tone: 'warn',
  }));
}

/** What stands in place of rows where there are none, as far as was read. */
export function emptyText(none: string, rows: readonly Row[]): string {
  return rows.length === 0 ? none : `${none}; ${NFT_UNREAD}`;
}

/** Whether these rows say no more than that nftables was not read, as in files of earlier versions. */
export function isOnlyUnread(rows: readonly Row[]): boolean {
  return rows.every(({ span }) => span === NFT_UNREAD);
}
