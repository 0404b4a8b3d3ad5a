/** From facts to a `Snapshot`: names, containers and links of every namespace, all references resolved. Pure. */
import { compareText } from '../model/compare-text.ts';
import type { Container, DockerNetwork } from '../model/container.ts';
import type { NamespaceFacts } from '../model/facts.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findParents } from './find-parents.ts';
import { type IsNsidOf, type NsidOf, pairLinks } from './pair-links.ts';
import { KIND_RANK, type Place } from './place.ts';
import { bridgeNetworks, resolveLinks } from './resolve-links.ts';

/** One namespace as it was found and read. */
export type FoundNamespace = {
  readonly id: string;
  readonly places: readonly Place[];
  readonly pids: readonly number[];
  readonly facts: NamespaceFacts;
};

/** All namespaces with their references resolved, the host first, then by kind and name. */
export function resolveNamespaces(
  found: readonly FoundNamespace[],
  networks: readonly DockerNetwork[],
  nsidOf: NsidOf,
): readonly Namespace[] {
  const linked = found.flatMap(({ id, facts }) => (facts.links ? [{ id, links: facts.links }] : []));
  const isNsidOf: IsNsidOf = (reader, nsid, candidate) => nsidOf(reader, candidate) === nsid;
  const pairings = pairLinks(linked, isNsidOf);
  const parents = findParents(linked, isNsidOf);
  const host = found.find(({ places }) => places.some((place) => place.kind === 'host'));
  const networkOfEnd = bridgeNetworks(host?.id ?? '', host?.facts.links ?? [], networks);
  return found
    .map((namespace) => {
      const named = nameNamespace(namespace);
      const { links, ...facts } = namespace.facts;
      if (!links) return { ...named, ...facts };
      const context = {
        namespace: namespace.id,
        links,
        addresses: facts.addresses ?? [],
        containers: named.containers,
        pairings,
        parents,
        networkOfEnd,
      };
      const resolved = resolveLinks(context);
      return {
        ...named,
        ...facts,
        nsids: knownAs(namespace.id, resolved, host?.id, nsidOf),
        links: resolved,
      };
    })
    .sort((a, b) => KIND_RANK.indexOf(a.kind) - KIND_RANK.indexOf(b.kind) || compareText(a.name, b.name));
}

/** The numbers by which the host and the namespaces beyond its veths know this one. */
function knownAs(
  id: string,
  links: readonly Link[],
  host: string | undefined,
  nsidOf: NsidOf,
): readonly { readonly namespace: string; readonly nsid: number }[] {
  const readers = new Set([
    ...(host === undefined ? [] : [host]),
    ...links.flatMap(({ peer }) => peer?.namespace ?? []),
  ]);
  readers.delete(id);
  return [...readers].flatMap((namespace) => {
    const nsid = nsidOf(namespace, id);
    return nsid === undefined ? [] : [{ namespace, nsid }];
  });
}

/** The namespace as its places name it, before anything in it is read. */
export function nameNamespace({ id, places, pids }: Omit<FoundNamespace, 'facts'>): Namespace {
  const ranked = [...places].sort(
    (a, b) => KIND_RANK.indexOf(a.kind) - KIND_RANK.indexOf(b.kind) || joins(a) - joins(b),
  );
  const first = ranked[0];
  const containers = ranked.flatMap(({ container }): readonly Container[] => (container ? [container] : []));
  return {
    id,
    name: first?.name ?? `inode:${id}`,
    // A bind mount is a way in, and a name only where there is no better one.
    names: [
      ...new Set(
        ranked.filter((place) => place === first || place.kind !== 'hidden').map((place) => place.name),
      ),
    ],
    kind: first?.kind ?? 'hidden',
    paths: [...new Set(ranked.map((place) => place.path))],
    pids,
    containers,
  };
}

/** A container that joined another's namespace (`--network container:X`) comes after the one that made it. */
function joins({ container }: Place): number {
  return container?.networkMode.startsWith('container:') ? 1 : 0;
}
