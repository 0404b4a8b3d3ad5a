/** The wiring as a graph: links as nodes in their namespaces, and what ties them together as edges. */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../../model/snapshot.ts';

/** A link. `key` is unique in the graph and safe anywhere. */
export type GraphLink = {
  readonly key: string;
  readonly ifindex: number;
  readonly name: string;
  readonly kind: string;
  readonly operState: string;
  readonly addresses: readonly string[];
  readonly network: string | null;
  /** Why a far end is not in the graph. */
  readonly unknown?: string;
};

export type GraphNamespace = {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly links: readonly GraphLink[];
};

/** `veth`: the two ends of a pair, once. `port`: from a port to its master. `parent`: from a link to the one it sends on. */
export type GraphEdge = {
  readonly kind: 'veth' | 'port' | 'parent';
  readonly from: string;
  readonly to: string;
};

export type Graph = { readonly namespaces: readonly GraphNamespace[]; readonly edges: readonly GraphEdge[] };

/** The graph of these namespaces and of whatever they are wired to; of everything where none are named. */
export function buildGraph(snapshot: Snapshot, targets: readonly Namespace[]): Graph {
  const chosen = chooseLinks(snapshot, targets);
  const keys = new Map<string, string>();
  const namespaces = snapshot.namespaces.flatMap((namespace, index): readonly GraphNamespace[] => {
    const links = (namespace.links ?? []).filter((link) => chosen.has(endKey(namespace.id, link.ifindex)));
    if (links.length === 0 && !targets.includes(namespace)) return [];
    const { id, name, kind } = namespace;
    for (const link of links) keys.set(endKey(id, link.ifindex), `n${index}l${link.ifindex}`);
    return [
      {
        key: `n${index}`,
        id,
        name,
        kind,
        links: links.map((link) => graphLink(`n${index}l${link.ifindex}`, link)),
      },
    ];
  });
  // A pair is told once, from the end that comes first.
  const told = new Set<string>();
  const edges = snapshot.namespaces.flatMap((namespace) =>
    (namespace.links ?? []).flatMap((link) => edgesOf(namespace, link, keys, told)),
  );
  return { namespaces, edges };
}

/** Every link but loopbacks; with targets, their links, the far ends, and the masters and parents of both. */
function chooseLinks(snapshot: Snapshot, targets: readonly Namespace[]): ReadonlySet<string> {
  const chosen = new Set<string>();
  const add = (namespace: Namespace | undefined, link: Link | undefined, follow: boolean): void => {
    if (!namespace || !link || link.kind === 'loopback') return;
    chosen.add(endKey(namespace.id, link.ifindex));
    add(namespace, findLink(namespace, link.master?.ifindex), false);
    if (link.parent) {
      const home = findNamespace(snapshot, link.parent.namespace);
      add(home, findLink(home, link.parent.ifindex), false);
    }
    if (!follow || !link.peer) return;
    const home = findNamespace(snapshot, link.peer.namespace);
    add(home, findLink(home, link.peer.ifindex), false);
  };
  for (const namespace of targets.length > 0 ? targets : snapshot.namespaces)
    for (const link of namespace.links ?? []) add(namespace, link, true);
  return chosen;
}

function graphLink(key: string, link: Link): GraphLink {
  const { ifindex, name, kind, operState, addresses, network, peerUnknown, parentUnknown } = link;
  const unknown = peerUnknown ?? parentUnknown;
  return {
    key,
    ifindex,
    name,
    kind,
    operState,
    // Every link that is up has a link-local address; it tells nothing.
    addresses: addresses.filter((address) => !address.startsWith('fe80:')),
    network,
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function edgesOf(
  { id }: Namespace,
  link: Link,
  keys: ReadonlyMap<string, string>,
  told: Set<string>,
): readonly GraphEdge[] {
  const from = keys.get(endKey(id, link.ifindex));
  if (from === undefined) return [];
  const edge = (kind: GraphEdge['kind'], namespace: string, ifindex: number): readonly GraphEdge[] => {
    const to = keys.get(endKey(namespace, ifindex));
    return to === undefined ? [] : [{ kind, from, to }];
  };
  const { peer, master, parent } = link;
  const pair = peer ? edge('veth', peer.namespace, peer.ifindex).filter(({ to }) => !told.has(to)) : [];
  if (pair.length > 0) told.add(from);
  return [
    ...pair,
    ...(master ? edge('port', id, master.ifindex) : []),
    ...(parent ? edge('parent', parent.namespace, parent.ifindex) : []),
  ];
}

function endKey(namespaceId: string, ifindex: number): string {
  return `${namespaceId} ${ifindex}`;
}
