/** The veth of a container and the container of a veth: each pair once, seen from the container's side. */
import type { Link } from '../model/link.ts';
import { isPairKind } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';
import type { TableView } from './table.ts';

/** One pair. The far end lives on the host as a rule, but may be anywhere, or unknown. */
export type VethPair = {
  readonly namespace: Namespace;
  readonly link: Link;
  readonly peerNamespace?: Namespace;
  readonly peerLink?: Link;
};

/** Every veth pair: a pair between the host and another namespace from the other's side, any other pair once. */
export function findVethPairs(snapshot: Snapshot): readonly VethPair[] {
  const seen = new Set<string>();
  const pairs: VethPair[] = [];
  const byNearness = [...snapshot.namespaces].sort((a, b) => nearness(a) - nearness(b));
  for (const namespace of byNearness) {
    for (const link of namespace.links ?? []) {
      if (!isPairKind(link.kind) || seen.has(endKey(namespace.id, link.ifindex))) continue;
      if (link.peer !== null) seen.add(endKey(link.peer.namespace, link.peer.ifindex));
      const peerNamespace = link.peer === null ? undefined : findNamespace(snapshot, link.peer.namespace);
      const peerLink = findLink(peerNamespace, link.peer?.ifindex);
      pairs.push({
        namespace,
        link,
        ...(peerNamespace === undefined ? {} : { peerNamespace }),
        ...(peerLink === undefined ? {} : { peerLink }),
      });
    }
  }
  return pairs;
}

export function vethTable(pairs: readonly VethPair[]): TableView {
  return {
    columns: [
      { title: 'CONTAINER', shrink: 10, cut: 'middle' },
      { title: 'LINK', shrink: 6, cut: 'middle' },
      { title: 'IFINDEX', align: 'right', drop: 2 },
      { title: 'HOST LINK', shrink: 11, cut: 'middle' },
      { title: 'IFINDEX', align: 'right', drop: 3 },
      { title: 'BRIDGE', shrink: 8, cut: 'middle' },
      { title: 'NETWORK', shrink: 8, drop: 4 },
      { title: 'ADDRESSES', shrink: 14, drop: 5 },
      { title: 'MAC', drop: 6 },
    ],
    rows: pairs.map(({ namespace, link, peerNamespace, peerLink }) => ({
      key: endKey(namespace.id, link.ifindex),
      cells: [
        namespace.name,
        link.name,
        String(link.ifindex),
        formatFarEnd(link, peerNamespace),
        link.peer === null ? '' : String(link.peer.ifindex),
        peerLink?.master?.name ?? (peerLink === undefined ? (link.master?.name ?? '') : ''),
        link.network ?? peerLink?.network ?? '',
        link.addresses.join(' '),
        link.mac,
      ],
      ...(link.peer === null ? { tone: 'warn' as const } : {}),
    })),
    empty: 'no veth pairs',
  };
}

function formatFarEnd(link: Link, peerNamespace: Namespace | undefined): string {
  if (link.peer === null) return `? ${link.peerUnknown ?? ''}`.trim();
  if (peerNamespace?.kind === 'host') return link.peer.name;
  return `${peerNamespace?.name ?? `inode:${link.peer.namespace}`}/${link.peer.name}`;
}

/** Containers first and the host last, so that a pair is told from the end that somebody asks about. */
function nearness(namespace: Namespace): number {
  if (namespace.kind === 'host') return 2;
  return namespace.containers.length > 0 ? 0 : 1;
}

function endKey(namespaceId: string, ifindex: number): string {
  return `${namespaceId} ${ifindex}`;
}
