/**
 * Where the host's end of a container's pair is meant to be: a port of the bridge of the container's network, as the engine
 * says it, or, without an engine, of the one bridge in whose subnet the container's address lies.
 */
import type { DockerNetwork } from '../model/container.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { findPeer } from '../path/find-peer.ts';
import { contains } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import type { CheckContext } from './check.ts';

export type Misplaced = {
  readonly container: Namespace;
  /** Absent where no engine knows of it. */
  readonly network?: DockerNetwork;
  /** The host's end, and where it lives. */
  readonly host: Namespace;
  readonly end: Link;
  /** The bridge that it should be a port of. */
  readonly bridge: Link;
};

/** The first pair of a container that the walk concerns whose host end is no port of its network's bridge, where the walk fails there. */
export function findMisplaced(context: CheckContext): Misplaced | undefined {
  const { snapshot, walk, note } = context;
  if (walk.faults.length === 0) return undefined;
  const place = misplacedIn(snapshot).find((one) => walk.faults.some((fault) => concerns(fault, one)));
  const fault = place && walk.faults.find((one) => concerns(one, place));
  if (fault) note?.(fault);
  return place;
}

const known = new WeakMap<Snapshot, readonly Misplaced[]>();

/** All that are out of place, whatever the walk: looked for once in a snapshot. */
function misplacedIn(snapshot: Snapshot): readonly Misplaced[] {
  const before = known.get(snapshot);
  if (before) return before;
  const found = snapshot.namespaces
    .flatMap((container) => placesOf(snapshot, container))
    .filter(({ end, bridge }) => end.master?.ifindex !== bridge.ifindex);
  known.set(snapshot, found);
  return found;
}

function placesOf(snapshot: Snapshot, container: Namespace): readonly Misplaced[] {
  if (container.containers.length === 0) return placesByHand(snapshot, container);
  return (container.links ?? []).flatMap((link): readonly Misplaced[] => {
    const network = networkOf(snapshot.networks, container, link);
    const peer = findPeer(snapshot, link);
    const bridge = peer?.namespace.links?.find(
      ({ name, kind }) => kind === 'bridge' && name === network?.bridge,
    );
    return network && peer && bridge
      ? [{ container, network, host: peer.namespace, end: peer.link, bridge }]
      : [];
  });
}

/** A pair whose host end has no address and no route of its own: it has to be a port, and one bridge alone fits. */
function placesByHand(snapshot: Snapshot, container: Namespace): readonly Misplaced[] {
  return (container.links ?? []).flatMap((link): readonly Misplaced[] => {
    const peer = link.kind === 'veth' ? findPeer(snapshot, link) : undefined;
    if (peer?.namespace.kind !== 'host' || !link.addresses.some(isGlobal)) return [];
    const { namespace: host, link: end } = peer;
    const isRouted = (host.routes ?? []).some(
      ({ nextHops, table, destination }) =>
        table !== 'local' &&
        !destination.startsWith('fe80:') &&
        !destination.startsWith('ff00:') &&
        nextHops.some(({ ifindex }) => ifindex === end.ifindex),
    );
    if (isRouted || end.addresses.some(isGlobal)) return [];
    const bridges = (host.links ?? []).filter(
      ({ kind, addresses }) =>
        kind === 'bridge' && addresses.some((own) => sharesSubnet(own, link.addresses)),
    );
    const [bridge, ...more] = bridges;
    return bridge && more.length === 0 ? [{ container, host, end, bridge }] : [];
  });
}

function isGlobal(cidr: string): boolean {
  return !cidr.startsWith('fe80:');
}

/** Each lies in the other's: a /32 with a gateway beyond is routed, not bridged. */
function sharesSubnet(own: string, others: readonly string[]): boolean {
  const lies = (one: string, other: string) => contains(other, one.split('/')[0] ?? '') === true;
  return isGlobal(own) && others.some((other) => lies(own, other) && lies(other, own));
}

/** The network on which the engine gave the container one of the link's addresses. */
function networkOf(
  networks: readonly DockerNetwork[],
  { containers }: Namespace,
  { addresses }: Link,
): DockerNetwork | undefined {
  const endpoint = containers
    .flatMap(({ endpoints }) => endpoints)
    .find((one) => one.addresses.some((address) => addresses.includes(address)));
  return networks.find(({ id }) => id === endpoint?.networkId);
}

/** Whether what is wrong is that nobody has the container's address, or is at this end, at what it is a port of, or at the bridge that misses it. */
function concerns(fault: Fault, { host, end, bridge, container }: Misplaced): boolean {
  const { namespace } = fault;
  // Whoever looks for the container on the bridge finds nobody.
  if (fault.kind === 'unowned' && container.addresses?.some(({ address }) => address === fault.address))
    return true;
  const at = linksOf(fault);
  if (namespace.id === container.id) return at.some(({ peer }) => peer?.ifindex === end.ifindex);
  if (namespace.id !== host.id) return false;
  return [end.ifindex, end.master?.ifindex, bridge.ifindex].some(
    (ifindex) => ifindex !== undefined && at.some((link) => link.ifindex === ifindex),
  );
}

/** The links that a fault names. */
function linksOf(fault: Fault): readonly Link[] {
  return [
    ...('link' in fault && typeof fault.link === 'object' ? [fault.link] : []),
    ...('inLink' in fault && fault.inLink ? [fault.inLink] : []),
    ...('outLink' in fault && fault.outLink ? [fault.outLink] : []),
  ];
}
