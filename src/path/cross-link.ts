/**
 * From the sending link to the namespace at its other end: a veth hands every frame to its peer (veth(4)), a peer that
 * is a bridge port hands it to the bridge, and the bridge to its own namespace when it has the next hop's address.
 */
import { isPairKind, type Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import { findPeer } from './find-peer.ts';
import type { Departure } from './leave-namespace.ts';
import type { Packet } from './packet.ts';
import type { DraftHop, Fault, Stretch } from './walk.ts';

export type Arrival = {
  readonly namespace: Namespace;
  /** Where the packet enters the namespace's own stack: the peer, or the bridge that the peer is a port of. */
  readonly inLink: Link;
  readonly packet: Packet;
};

export function crossLink(snapshot: Snapshot, from: Namespace, departure: Departure): Stretch<Arrival> {
  const { link, nextHop, packet } = departure;
  if (!isPairKind(link.kind))
    return unknown(
      from,
      link,
      'link',
      `${link.name} is of kind ${link.kind}: its far side is not followed yet`,
    );
  const peer = findPeer(snapshot, link);
  if (!peer) return unknown(from, link, 'link', `the peer of ${link.name} was not seen${reason(link)}`);
  const crossing: DraftHop = {
    namespace: peer.namespace,
    link: peer.link.name,
    stage: 'link',
    verdict: 'pass',
    detail: `arrives on ${peer.link.name}, the peer of ${link.name}`,
  };
  const entry = enterBridge(peer.namespace, peer.link);
  if (!entry.next) return { hops: [crossing, ...entry.hops], faults: entry.faults };
  const inLink = entry.next;
  const hops = [crossing, ...entry.hops];
  const { addresses } = peer.namespace;
  if (!addresses)
    return {
      hops: [...hops, hop(peer.namespace, inLink, 'neighbour', 'unknown', 'addresses here were not read')],
      faults: entry.faults,
    };
  if (!addresses.some(({ address }) => address === nextHop)) {
    const detail =
      nextHop === packet.destination
        ? `${nextHop} is on this link itself; delivery within one link is not examined yet`
        : `the next hop ${nextHop} is no address of ${peer.namespace.name}; who answers for it was not examined`;
    return {
      hops: [...hops, hop(peer.namespace, inLink, 'neighbour', 'unknown', detail)],
      faults: entry.faults,
    };
  }
  return { hops, faults: entry.faults, next: { namespace: peer.namespace, inLink, packet } };
}

/** The link by which the namespace's own stack receives what a port receives. */
function enterBridge(namespace: Namespace, port: Link): Stretch<Link> {
  if (!port.master) return { hops: [], faults: [], next: port };
  const bridge = findLink(namespace, port.master.ifindex);
  if (bridge?.kind !== 'bridge')
    return unknown(
      namespace,
      port,
      'bridge',
      `${port.name} belongs to ${port.master.name}, which is no bridge`,
    );
  if (bridge.adminUp)
    return {
      hops: [hop(namespace, bridge, 'bridge', 'pass', `${port.name} is a port of ${bridge.name}`)],
      faults: [],
      next: bridge,
    };
  const fault: Fault = { kind: 'link-down', namespace, link: bridge };
  return {
    hops: [hop(namespace, bridge, 'bridge', 'drop', `the bridge ${bridge.name} is down`)],
    faults: [fault],
    next: bridge,
  };
}

function unknown(namespace: Namespace, link: Link, stage: DraftHop['stage'], detail: string): Stretch<never> {
  return { hops: [hop(namespace, link, stage, 'unknown', detail)], faults: [] };
}

function hop(
  namespace: Namespace,
  link: Link,
  stage: DraftHop['stage'],
  verdict: DraftHop['verdict'],
  detail: string,
): DraftHop {
  return { namespace, link: link.name, stage, verdict, detail };
}

function reason({ peerUnknown }: Link): string {
  return peerUnknown === undefined ? '' : `: ${peerUnknown}`;
}
