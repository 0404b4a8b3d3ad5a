/**
 * Pairs veth (and netkit) ends across namespaces. An end names its peer's ifindex (IFLA_LINK) in the namespace of an
 * nsid that only the naming namespace understands (IFLA_LINK_NETNSID). A pair is believed when both ends name each other.
 */
import { isPairKind, type LinkFact } from '../model/link.ts';

export type NamespaceLinks = { readonly id: string; readonly links: readonly LinkFact[] };

/** The nsid by which the namespace `reader` knows `candidate`, where it has one; the kernel's answer. */
export type NsidOf = (reader: string, candidate: string) => number | undefined;

/** Whether the namespace `reader` knows `candidate` by this nsid. */
export type IsNsidOf = (reader: string, nsid: number, candidate: string) => boolean;

export type Pairing =
  | { readonly kind: 'peer'; readonly namespace: string; readonly link: LinkFact }
  | { readonly kind: 'unknown'; readonly why: string };

/** The pairing of each end, by `namespace/ifindex`. Links that have no peer by kind are not in it. */
export function pairLinks(
  namespaces: readonly NamespaceLinks[],
  isNsidOf: IsNsidOf,
): ReadonlyMap<string, Pairing> {
  const index = indexByNaming(namespaces);
  const pairings = new Map<string, Pairing>();
  for (const { id, links } of namespaces)
    for (const link of links)
      if (isPairKind(link.kind)) pairings.set(linkKey(id, link.ifindex), pairLink(id, link, index, isNsidOf));
  return pairings;
}

export function linkKey(namespace: string, ifindex: number): string {
  return `${namespace}/${ifindex}`;
}

type End = { readonly namespace: string; readonly link: LinkFact };

/** Ends by 'my ifindex > the ifindex I name', so that the one a link names back is found without a search. */
function indexByNaming(namespaces: readonly NamespaceLinks[]): ReadonlyMap<string, readonly End[]> {
  const index = new Map<string, End[]>();
  for (const { id, links } of namespaces)
    for (const link of links) {
      if (!isPairKind(link.kind)) continue;
      const key = `${link.ifindex}>${peerIfindex(link)}`;
      const ends = index.get(key);
      if (ends) ends.push({ namespace: id, link });
      else index.set(key, [{ namespace: id, link }]);
    }
  return index;
}

/** Kernels leave IFLA_LINK out when both ends have the same ifindex (nla_put_iflink in net/core/rtnetlink.c). */
export function peerIfindex(link: LinkFact): number {
  return link.lowerIfindex ?? link.ifindex;
}

function pairLink(
  namespace: string,
  link: LinkFact,
  index: ReadonlyMap<string, readonly End[]>,
  isNsidOf: IsNsidOf,
): Pairing {
  const wanted = peerIfindex(link);
  const candidates = (index.get(`${wanted}>${link.ifindex}`) ?? []).filter(
    (end) =>
      end.link !== link &&
      names(namespace, link, end, isNsidOf) &&
      names(end.namespace, end.link, { namespace, link }, isNsidOf),
  );
  const [only, ...others] = candidates;
  if (only && others.length === 0) return { kind: 'peer', namespace: only.namespace, link: only.link };
  const where = link.lowerNsid === undefined ? 'this namespace' : `nsid ${link.lowerNsid}`;
  const why = only ? `${candidates.length} links answer to that description` : 'not visible';
  return { kind: 'unknown', why: `peer ifindex ${wanted} in ${where}, ${why}` };
}

/** Whether `link` says that its peer lives in the namespace of `other`. Without an nsid it means its own. */
function names(namespace: string, link: LinkFact, other: End, isNsidOf: IsNsidOf): boolean {
  if (link.lowerNsid === undefined) return other.namespace === namespace;
  return isNsidOf(namespace, link.lowerNsid, other.namespace);
}
