/** A port where nothing takes the packet: how the packet came there, and what listens instead. */
import type { Evidence, Hop } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import { type Packet, PROTOCOL } from '../path/netfilter/packet.ts';
import { isLoopback } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { formatEnd } from '../path/walk/hops.ts';
import { type CheckContext, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export type Unheard = Extract<Fault, { kind: 'no-listener' }>;

export type ListenerCause =
  | 'publish-loopback-only'
  | 'publish-host-ip-gone'
  | 'dnat-missing'
  | 'ctr-redirect-dead'
  | 'localhost-misuse'
  | 'svc-listens-loopback'
  | 'publish-wrong-port'
  | 'svc-not-listening';

export function findUnheard(context: CheckContext, cause: ListenerCause): Unheard | undefined {
  return findFault(context, 'no-listener', (fault) => classify(context, fault) === cause);
}

function classify(context: CheckContext, fault: Unheard): ListenerCause {
  const { namespace, packet, elsewhere } = fault;
  const published = findPublished(context, fault);
  if (published) {
    const { hostAddress } = published;
    if (isLoopback(hostAddress) && !isLoopback(packet.destination)) return 'publish-loopback-only';
    const isAny = hostAddress === '' || /^[0:.]+$/.test(hostAddress);
    const isHere = namespace.addresses?.some(({ address }) => address === hostAddress) ?? true;
    return isAny || isHere ? 'dnat-missing' : 'publish-host-ip-gone';
  }
  const translation = translationOf(context, fault);
  if (translation && translation.namespace === context.from.name && namespace.id === context.from.id)
    return 'ctr-redirect-dead';
  if (isLoopback(packet.destination) && findPeerService(context, fault)) return 'localhost-misuse';
  if (elsewhere.length > 0 && elsewhere.every(({ address }) => isLoopback(address)))
    return 'svc-listens-loopback';
  const isRelayed = context.walk.hops.some(({ detail }) => detail.startsWith('docker-proxy '));
  if ((translation || isRelayed) && openPorts(fault).length > 0) return 'publish-wrong-port';
  return 'svc-not-listening';
}

/** What a container has published at the host's port where nothing answers now. */
export function findPublished({ snapshot }: CheckContext, { namespace, packet }: Unheard) {
  if (namespace.kind !== 'host') return undefined;
  const protocol = protocolOf(packet);
  return snapshot.namespaces
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, ports }) => ports.map((port) => ({ ...port, container: name })))
    .find((port) => port.hostPort === packet.destinationPort && port.protocol === protocol);
}

/** The hop that made this port the packet's destination. */
export function translationOf({ walk }: CheckContext, { packet }: Unheard): Hop | undefined {
  const end = formatEnd(packet.destination, packet.destinationPort);
  return walk.hops.find(({ stage, rewrites }) => stage === 'nat' && rewrites?.destination === end);
}

/** Ids of the sender's neighbours whose sockets would be needed, where it asks for its own loopback in vain. */
export function wantedPeers({ snapshot, from, walk }: CheckContext): readonly string[] {
  const isAsked = walk.faults.some(
    (fault) => fault.kind === 'no-listener' && isLoopback(fault.packet.destination),
  );
  if (!isAsked) return [];
  return neighboursOf(snapshot, from)
    .filter(({ sockets }) => !sockets)
    .map(({ id }) => id);
}

/** Another container on a network of the sender's that listens on the port. */
export function findPeerService(
  { snapshot, from }: CheckContext,
  { packet }: Unheard,
): Namespace | undefined {
  return neighboursOf(snapshot, from).find(({ sockets = [] }) =>
    sockets.some((socket) => isOpen(socket, packet) && socket.port === packet.destinationPort),
  );
}

function neighboursOf({ namespaces }: Snapshot, from: Namespace): readonly Namespace[] {
  const networks = new Set(
    from.containers.flatMap(({ endpoints }) => endpoints.map(({ networkId }) => networkId)),
  );
  return namespaces.filter(
    ({ id, containers }) =>
      id !== from.id &&
      containers.some(({ endpoints }) => endpoints.some(({ networkId }) => networks.has(networkId))),
  );
}

/** Ports of the packet's protocol that somebody outside could reach. */
export function openPorts({ namespace, packet }: Unheard): readonly number[] {
  const open = (namespace.sockets ?? []).filter((socket) => isOpen(socket, packet));
  return [...new Set(open.map(({ port }) => port))].toSorted((one, other) => one - other);
}

function isOpen({ protocol, address }: Socket, packet: Packet): boolean {
  return protocol === protocolOf(packet) && !isLoopback(address);
}

function protocolOf({ protocol }: Packet): 'tcp' | 'udp' {
  return protocol === PROTOCOL.udp ? 'udp' : 'tcp';
}

/** What listens in the namespace, and where the packet was for. */
export function listenerEvidence({ namespace, packet, elsewhere }: Unheard): Evidence {
  const wanted = formatEnd(packet.destination, packet.destinationPort);
  const there = elsewhere.map(({ address, port }) => formatEnd(address, port)).join(', ');
  return {
    source: commandIn(namespace, 'ss', '-ln', protocolOf(packet) === 'udp' ? '-u' : '-t'),
    value: there === '' ? `nothing on ${wanted}` : `nothing on ${wanted}, only ${there}`,
  };
}
