/**
 * docker-proxy: the engine's own process that listens on a published port where no rule translates, and connects to
 * the container from the host (dockerd(8), --userland-proxy).
 */
import type { Namespace } from '../../model/namespace.ts';
import { type Packet, type Port, PROTOCOL } from '../netfilter/packet.ts';
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

/** The second connection; undefined where the engine does not say which container the port belongs to. */
export function relayThrough({ snapshot }: World, host: Namespace, packet: Packet): Relay | undefined {
  const protocol = packet.protocol === PROTOCOL.tcp ? 'tcp' : 'udp';
  const containers = snapshot.namespaces.flatMap(({ containers: here }) => here);
  for (const { name, ports, endpoints } of containers) {
    const published = ports.find(
      (port) => port.protocol === protocol && port.hostPort === packet.destinationPort,
    );
    const address = endpoints
      .flatMap(({ addresses }) => addresses)
      .map((cidr) => cidr.split('/')[0] ?? '')
      .find((one) => familyOf(one) === 'ipv4');
    if (!published || address === undefined) continue;
    return {
      container: name,
      address,
      port: published.containerPort,
      next: {
        at: 'send',
        namespace: host,
        packet: connectTo(packet, address, published.containerPort, portsOf(host)),
      },
    };
  }
  return undefined;
}

function connectTo(
  { protocol, tcpFlags, connection }: Packet,
  destination: string,
  destinationPort: number,
  sourcePort: Port,
): Packet {
  const original = { source: '', destination, destinationPort, sourcePort };
  return {
    family: 'ipv4',
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
