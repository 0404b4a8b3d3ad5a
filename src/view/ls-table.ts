/** One row per link of each namespace: what `netpeek ls` prints. */

import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import { formatPeer, linkState } from './links-table.ts';
import type { Row, TableView } from './table.ts';

export type LsOptions = {
  /** Only these; every namespace of the snapshot unless told. */
  readonly namespaces?: readonly Namespace[];
  /** Loopback links too, which every namespace has. */
  readonly loopback?: boolean;
};

export function lsTable(snapshot: Snapshot, options: LsOptions = {}): TableView {
  return {
    columns: [
      { title: 'NAMESPACE', shrink: 10, cut: 'middle' },
      { title: 'LINK', shrink: 8, cut: 'middle' },
      { title: 'STATE' },
      { title: 'ADDRESSES', shrink: 14 },
      { title: 'PEER', shrink: 10, cut: 'middle' },
      { title: 'BRIDGE', shrink: 8, cut: 'middle' },
      { title: 'NETWORK', shrink: 8, drop: 1 },
    ],
    rows: (options.namespaces ?? snapshot.namespaces).flatMap((namespace) =>
      namespaceRows(snapshot, namespace, options.loopback ?? false),
    ),
    empty: 'no links',
  };
}

function namespaceRows(snapshot: Snapshot, namespace: Namespace, loopback: boolean): readonly Row[] {
  if (namespace.links === undefined) {
    const reason = formatNotRead(snapshot, namespace.id, 'links');
    return [{ key: namespace.id, cells: [namespace.name, '?', '', reason, '', '', ''], tone: 'warn' }];
  }
  return namespace.links
    .filter((link) => loopback || link.kind !== 'loopback')
    .map((link) => ({
      key: `${namespace.id} ${link.ifindex}`,
      cells: [
        namespace.name,
        link.name,
        linkState(link),
        link.addresses.join(' '),
        formatPeer(snapshot, link),
        bridgeOf(snapshot, link),
        link.network ?? '',
      ],
    }));
}

/** The bridge the link is a port of, or else the one its peer is a port of: where a container's packets go. */
function bridgeOf(snapshot: Snapshot, link: Link): string {
  const peer = findLink(findNamespace(snapshot, link.peer?.namespace ?? ''), link.peer?.ifindex);
  return link.master?.name ?? peer?.master?.name ?? '';
}
