/**
 * docker-proxy: the engine's own process that listens on a published port where no rule translates, and connects to
 * the container from the host (dockerd(8), --userland-proxy).
 */
import type { Family } from '../../model/address.ts';
import type { Endpoint, PublishedPort } from '../../model/container.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Route } from '../../model/route.ts';
import type { Socket } from '../../model/socket.ts';
import type { Packet, Port } from '../netfilter/packet.ts';
import { familyOf } from '../prefix.ts';
import { portsOf } from './first-packet.ts';
import type { State, World } from './state.ts';

export type Relay = {
  /** The container's name. */
  readonly container: string;
  readonly address: string;
  readonly port: number;
  readonly next: Extract<State, { at: 'send' }>;
};

/** The second connection; undefined where it cannot be told which address of which container the socket is for. */
export function relayThrough(
  { snapshot, wanted }: World,
  host: Namespace,
  packet: Packet,
  socket: Socket,
): Relay | undefined {
  for (const { id, containers, routes } of snapshot.namespaces)
    for (const { name, ports, endpoints } of containers) {
      const published = ports.find((port) => isServedBy(port, socket));
      if (!published) continue;
      if (endpoints.length > 1 && !routes) wanted.add(id);
      const address = askedAddress(endpoints, routes, socket.family);
      if (address === undefined) continue;
      const port = published.containerPort;
      const next = connectTo(packet, address, port, portsOf(host));
      return { container: name, address, port, next: { at: 'send', namespace: host, packet: next } };
    }
  return undefined;
}

/** Each published address has a proxy of its own. Podman leaves the address out where it means all. */
function isServedBy({ protocol, hostPort, hostAddress }: PublishedPort, socket: Socket): boolean {
  if (protocol !== socket.protocol || hostPort !== socket.port) return false;
  return hostAddress === socket.address || (hostAddress === '' && isWildcard(socket.address));
}

/**
 * The container's address of the socket's own family, else its IPv4 address: a container without IPv6 is published at
 * `::` too. On several networks it is the one that its default route leads through.
 */
function askedAddress(
  endpoints: readonly Endpoint[],
  routes: readonly Route[] | undefined,
  family: Family,
): string | undefined {
  const gateways = (routes ?? [])
    .filter(({ destination }) => destination === 'default')
    .flatMap(({ nextHops }) => nextHops.map(({ gateway }) => gateway));
  const [only, ...more] = endpoints;
  const place =
    more.length === 0 ? only : endpoints.find(({ gateway }) => gateway && gateways.includes(gateway));
  const addresses = (place?.addresses ?? []).map((cidr) => cidr.split('/')[0] ?? '');
  return (
    addresses.find((one) => familyOf(one) === family) ?? addresses.find((one) => familyOf(one) === 'ipv4')
  );
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function connectTo(
  { protocol, tcpFlags, connection }: Packet,
  destination: string,
  destinationPort: number,
  sourcePort: Port,
): Packet {
  const original = { source: '', destination, destinationPort, sourcePort };
  return {
    family: familyOf(destination) ?? 'ipv4',
    protocol,
    source: '',
    destination,
    sourcePort,
    destinationPort,
    tcpFlags,
    mark: 0,
    connection: {
      ...connection,
      state: 'new',
      direction: 'original',
      original,
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    },
  };
}
