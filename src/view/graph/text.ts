/** The wiring as a calm tree: bridges with their ports, each port with its far end. */
import type { Graph, GraphLink, GraphNamespace } from './wiring-graph.ts';

type Place = { readonly namespace: GraphNamespace; readonly link: GraphLink };

export function graphText(graph: Graph): readonly string[] {
  const places = new Map<string, Place>();
  for (const namespace of graph.namespaces)
    for (const link of namespace.links) places.set(link.key, { namespace, link });
  const peers = new Map(
    graph.edges.flatMap(({ kind, from, to }) =>
      kind === 'veth'
        ? [
            [from, to],
            [to, from],
          ]
        : [],
    ),
  );
  const below = Map.groupBy(
    graph.edges.filter(({ kind }) => kind !== 'veth'),
    ({ to }) => to,
  );
  const isBelow = new Set(graph.edges.filter(({ kind }) => kind !== 'veth').map(({ from }) => from));
  const told = new Set<string>();

  const line = (place: Place, home: GraphNamespace): string => {
    told.add(place.link.key);
    const peer = places.get(peers.get(place.link.key) ?? '');
    if (!peer) return describe(place, home);
    told.add(peer.link.key);
    return `${describe(place, home)} ⇄ ${describe(peer, home)}`;
  };
  const tree = (place: Place, home: GraphNamespace, indent: string, trail: readonly string[]): string[] => {
    const children = (below.get(place.link.key) ?? []).flatMap(({ from }) => places.get(from) ?? []);
    return children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      if (trail.includes(child.link.key)) return [];
      return [
        `${indent}${isLast ? '└' : '├'} ${line(child, home)}`,
        ...tree(child, home, `${indent}${isLast ? '  ' : '│ '}`, [...trail, child.link.key]),
      ];
    });
  };
  return graph.namespaces.flatMap((namespace, index) => {
    const roots = namespace.links.filter(
      ({ key }) => !isBelow.has(key) && (!told.has(key) || below.has(key)),
    );
    if (roots.length === 0 && namespace.links.length > 0) return [];
    const lines = roots.flatMap((link) => {
      const place = { namespace, link };
      return [`  ${line(place, namespace)}`, ...tree(place, namespace, '  ', [link.key])];
    });
    const head = namespace.kind === 'host' ? namespace.name : `${namespace.name} (${namespace.kind})`;
    return [...(index > 0 ? [''] : []), head, ...(lines.length > 0 ? lines : ['  only loopback'])];
  });
}

/** `docker0 (bridge) 172.17.0.1/16 · network bridge`; a veth's kind goes without saying. */
function describe({ namespace, link }: Place, home: GraphNamespace): string {
  const name = namespace === home ? link.name : `${namespace.name}/${link.name}`;
  const kind = link.kind === 'veth' ? [] : [`(${link.kind})`];
  const notes = [
    link.network === null ? '' : `network ${link.network}`,
    link.operState === 'up' || link.operState === 'unknown' ? '' : link.operState,
    link.unknown ?? '',
  ].filter((note) => note !== '');
  return [name, ...kind, ...link.addresses, ...notes.map((note) => `· ${note}`)].join(' ');
}
