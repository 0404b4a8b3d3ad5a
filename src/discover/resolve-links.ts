/** Links with their references resolved: addresses, peer, master, Docker network. Pure. */

import type { Address } from '../model/address.ts';
import { compareText } from '../model/compare-text.ts';
import type { Container, DockerNetwork } from '../model/container.ts';
import type { Link, LinkFact, Peer } from '../model/link.ts';
import type { Parentage } from './find-parents.ts';
import { linkKey, type Pairing } from './pair-links.ts';

export type LinkContext = {
  readonly namespace: string;
  readonly links: readonly LinkFact[];
  readonly addresses: readonly Address[];
  readonly containers: readonly Container[];
  readonly pairings: ReadonlyMap<string, Pairing>;
  readonly parents: ReadonlyMap<string, Parentage>;
  /** The Docker network of the bridge that a peer is a port of; see `bridgeNetworks`. */
  readonly networkOfEnd: (namespace: string, link: LinkFact) => string | null;
};

/** The links of one namespace, in ifindex order. */
export function resolveLinks(context: LinkContext): readonly Link[] {
  const addresses = Map.groupBy(context.addresses, (address) => address.ifindex);
  const byIfindex = new Map(context.links.map((link) => [link.ifindex, link]));
  return context.links
    .map((link) => resolveLink(link, context, byIfindex, addresses.get(link.ifindex) ?? []))
    .sort((a, b) => a.ifindex - b.ifindex);
}

function resolveLink(
  fact: LinkFact,
  context: LinkContext,
  byIfindex: ReadonlyMap<number, LinkFact>,
  addresses: readonly Address[],
): Link {
  const { masterIfindex, lowerIfindex: _lower, lowerNsid: _nsid, ...own } = fact;
  const pairing = context.pairings.get(linkKey(context.namespace, fact.ifindex));
  const peer = pairing?.kind === 'peer' ? pairing : undefined;
  const parentage = context.parents.get(linkKey(context.namespace, fact.ifindex));
  const master = masterIfindex === undefined ? undefined : byIfindex.get(masterIfindex);
  return {
    ...own,
    addresses: sortFamilies(addresses).map(({ address, prefixLength }) => `${address}/${prefixLength}`),
    peer: peer ? endOf(peer) : null,
    ...(pairing?.kind === 'unknown' ? { peerUnknown: pairing.why } : {}),
    ...(parentage?.kind === 'parent' ? { parent: endOf(parentage) } : {}),
    ...(parentage?.kind === 'unknown' ? { parentUnknown: parentage.why } : {}),
    master:
      masterIfindex === undefined
        ? null
        : { ifindex: masterIfindex, name: master?.name ?? `ifindex ${masterIfindex}` },
    network:
      endpointNetwork(context.containers, fact) ??
      context.networkOfEnd(context.namespace, fact) ??
      (peer ? context.networkOfEnd(peer.namespace, peer.link) : null),
  };
}

function endOf({ namespace, link }: { readonly namespace: string; readonly link: LinkFact }): Peer {
  return { namespace, ifindex: link.ifindex, name: link.name };
}

function sortFamilies(addresses: readonly Address[]): readonly Address[] {
  return [...addresses].sort((a, b) => compareText(a.family, b.family));
}

/** The network of the endpoint with this link's MAC; the engine gives each endpoint one, and the kernel shows it. */
function endpointNetwork(containers: readonly Container[], link: LinkFact): string | null {
  if (!link.mac) return null;
  const endpoints = containers.flatMap((container) => container.endpoints);
  return endpoints.find((endpoint) => endpoint.mac === link.mac)?.network ?? null;
}

/** Names the Docker network of a bridge, or of a bridge's port, in the namespace where the engine's bridges are. */
export function bridgeNetworks(
  engineHost: string,
  links: readonly LinkFact[],
  networks: readonly DockerNetwork[],
): LinkContext['networkOfEnd'] {
  const byBridge = new Map(
    networks.flatMap((network) => (network.bridge ? [[network.bridge, network.name]] : [])),
  );
  const byIfindex = new Map(
    links
      .filter((link) => link.kind === 'bridge')
      .map((link) => [link.ifindex, byBridge.get(link.name) ?? null]),
  );
  return (namespace, link) =>
    namespace === engineHost ? (byIfindex.get(link.masterIfindex ?? link.ifindex) ?? null) : null;
}
