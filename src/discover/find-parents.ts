/**
 * The link that another one sends on. A vlan, macvlan, ipvlan or tunnel names it by IFLA_LINK, a vxlan by
 * IFLA_VXLAN_LINK; the number counts in the namespace of IFLA_LINK_NETNSID, which only the naming namespace understands.
 */
import type { LinkFact } from '../model/link.ts';
import { type IsNsidOf, linkKey, type NamespaceLinks } from './pair-links.ts';

export type Parentage =
  | { readonly kind: 'parent'; readonly namespace: string; readonly link: LinkFact }
  | { readonly kind: 'unknown'; readonly why: string };

/** Kinds whose IFLA_LINK is the link below, or 0 for none (the drivers' ndo_get_iflink). A vxlan's is only its own number. */
const STACKED_KINDS: ReadonlySet<string> = new Set([
  'vlan',
  'macvlan',
  'macvtap',
  'ipvlan',
  'ipvtap',
  'macsec',
  'ipip',
  'gre',
  'gretap',
  'erspan',
  'sit',
  'ip6tnl',
  'ip6gre',
  'ip6gretap',
  'ip6erspan',
  'vti',
  'vti6',
  'xfrm',
]);

/** The parentage of each link that has one, by `namespace/ifindex`. */
export function findParents(
  namespaces: readonly NamespaceLinks[],
  isNsidOf: IsNsidOf,
): ReadonlyMap<string, Parentage> {
  const parents = new Map<string, Parentage>();
  let index: ReadonlyMap<number, readonly End[]> | undefined;
  for (const { id, links } of namespaces)
    for (const link of links) {
      const wanted = parentIfindex(link);
      if (wanted === undefined) continue;
      index ??= indexByIfindex(namespaces);
      parents.set(linkKey(id, link.ifindex), findParent(id, link, index.get(wanted) ?? [], wanted, isNsidOf));
    }
  return parents;
}

/** The ifindex of the link below, in whichever namespace; undefined for a link that stands on its own. */
export function parentIfindex({
  kind,
  details,
  ifindex,
  lowerIfindex,
  lowerNsid,
}: LinkFact): number | undefined {
  if (details?.kind === 'vxlan') return details.lowerIfindex;
  if (!STACKED_KINDS.has(kind) || lowerIfindex === 0) return undefined;
  // Older kernels leave IFLA_LINK out when the numbers in both namespaces are equal, as for veths.
  return lowerIfindex ?? (lowerNsid === undefined ? undefined : ifindex);
}

type End = { readonly namespace: string; readonly link: LinkFact };

function indexByIfindex(namespaces: readonly NamespaceLinks[]): ReadonlyMap<number, readonly End[]> {
  const ends = namespaces.flatMap(({ id, links }) => links.map((link): End => ({ namespace: id, link })));
  return Map.groupBy(ends, ({ link }) => link.ifindex);
}

/** An nsid means one namespace, so the first that answers to it is the one. */
function findParent(
  namespace: string,
  link: LinkFact,
  candidates: readonly End[],
  wanted: number,
  isNsidOf: IsNsidOf,
): Parentage {
  const { lowerNsid } = link;
  const found = candidates.find((end) =>
    lowerNsid === undefined
      ? end.namespace === namespace
      : end.namespace !== namespace && isNsidOf(namespace, lowerNsid, end.namespace),
  );
  if (found) return { kind: 'parent', ...found };
  const where = lowerNsid === undefined ? 'this namespace' : `nsid ${lowerNsid}`;
  return { kind: 'unknown', why: `parent ifindex ${wanted} in ${where}, not visible` };
}
