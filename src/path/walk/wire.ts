/**
 * What a link is wired to, whatever its state: the peer of a veth (veth(4)), the ports of a bridge, the parent of a
 * macvlan, or an end beyond which nobody can see from here.
 */
import { isPairKind, type Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../../model/snapshot.ts';
import { findPeer } from '../find-peer.ts';
import type { Place } from './fault.ts';

/** Where a frame goes that is sent on a link. */
export type FarSide =
  | { readonly kind: 'peer'; readonly place: Place }
  /** The link is a bridge, and the namespace itself sends through it. */
  | { readonly kind: 'ports'; readonly ports: readonly Link[] }
  | { readonly kind: 'parent'; readonly place: Place }
  | { readonly kind: 'loop' }
  /** To another machine, or to a program. */
  | { readonly kind: 'left'; readonly detail: string }
  | { readonly kind: 'nowhere'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };

/** Kinds that put a packet into another one, or into a program's hands (ip-link(8)). */
const TUNNELS: ReadonlySet<string> = new Set([
  ...[
    'vxlan',
    'geneve',
    'gre',
    'gretap',
    'erspan',
    'ip6gre',
    'ip6gretap',
    'ip6erspan',
    'ipip',
    'sit',
    'ip6tnl',
  ],
  ...['vti', 'vti6', 'xfrm', 'wireguard', 'ppp', 'amt', 'bareudp', 'gtp'],
]);

export function farSideOf(snapshot: Snapshot, { namespace, link }: Place): FarSide {
  const { kind, name } = link;
  if (isPairKind(kind)) {
    const place = findPeer(snapshot, link);
    if (place) return { kind: 'peer', place };
    const why = link.peerUnknown === undefined ? '' : `: ${link.peerUnknown}`;
    return { kind: 'unknown', detail: `the peer of ${name} was not seen${why}` };
  }
  if (kind === 'bridge') return { kind: 'ports', ports: portsOf(namespace, link) };
  if (isMacvlan(link)) {
    const place = parentOf(snapshot, link);
    if (place) return { kind: 'parent', place };
    const why = link.parentUnknown === undefined ? '' : `: ${link.parentUnknown}`;
    return { kind: 'unknown', detail: `the link that ${name} sends on was not seen${why}` };
  }
  if (kind === 'loopback') return { kind: 'loop' };
  if (kind === 'device') return { kind: 'left', detail: `leaves by ${name} to the network outside` };
  if (kind === 'tun') return { kind: 'left', detail: `leaves by ${name} to the program that holds it` };
  if (TUNNELS.has(kind)) return { kind: 'left', detail: `leaves by ${name}, a tunnel of kind ${kind}` };
  if (kind === 'dummy')
    return { kind: 'nowhere', detail: `${name} is a dummy: what is sent on it goes nowhere` };
  return { kind: 'unknown', detail: `${name} is of kind ${kind}: its far side is not followed` };
}

export function portsOf({ links = [] }: Namespace, bridge: Link): readonly Link[] {
  return links.filter(({ master }) => master?.ifindex === bridge.ifindex);
}

const known = new WeakMap<Snapshot, ReadonlyMap<string, readonly Place[]>>();

/** The macvlan and macvtap links that share a link, wherever they live. */
export function macvlansOn(
  snapshot: Snapshot,
  { namespace: { id }, link: { ifindex } }: Place,
): readonly Place[] {
  const byParent = known.get(snapshot) ?? gatherMacvlans(snapshot);
  known.set(snapshot, byParent);
  return byParent.get(`${id} ${ifindex}`) ?? [];
}

function gatherMacvlans({ namespaces }: Snapshot): ReadonlyMap<string, readonly Place[]> {
  const all = namespaces.flatMap((namespace) =>
    (namespace.links ?? []).filter(isMacvlan).map((link): Place => ({ namespace, link })),
  );
  return Map.groupBy(all, ({ link: { parent } }) => (parent ? `${parent.namespace} ${parent.ifindex}` : ''));
}

export function isMacvlan({ kind }: Link): boolean {
  return kind === 'macvlan' || kind === 'macvtap';
}

/** private, vepa, bridge, passthru or source, where it was read. */
export function macvlanMode({ details }: Link): string | undefined {
  return details?.kind === 'macvlan' || details?.kind === 'macvtap' ? details.mode : undefined;
}

export function parentOf(snapshot: Snapshot, { parent }: Link): Place | undefined {
  const namespace = parent ? findNamespace(snapshot, parent.namespace) : undefined;
  const link = findLink(namespace, parent?.ifindex);
  return namespace && link ? { namespace, link } : undefined;
}

/** Who takes what comes in by a link. */
export type Master =
  /** The link itself; a vrf leaves it that. */
  | { readonly kind: 'none' }
  | { readonly kind: 'bridge'; readonly bridge: Link }
  | { readonly kind: 'other'; readonly detail: string };

export function masterOf({ namespace, link: { name, master } }: Place): Master {
  if (!master) return { kind: 'none' };
  const found = findLink(namespace, master.ifindex);
  if (found?.kind === 'bridge') return { kind: 'bridge', bridge: found };
  if (found?.kind === 'vrf') return { kind: 'none' };
  const what = found ? `a ${found.kind}` : 'a link that was not read';
  return { kind: 'other', detail: `${name} belongs to ${master.name}, ${what}: not followed` };
}
