/** The published ports: each asked for from the network outside, and from the host itself. */
import type { Family } from '../../model/address.ts';
import type { PublishedPort } from '../../model/container.ts';
import type { LeftOut } from '../../model/first-round.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { familyOf, isLoopback } from '../../path/prefix.ts';
import type { Endpoint } from '../../path/trace-flow.ts';
import { formatEnd } from '../../path/walk/hops.ts';
import type { Plan, PlannedWay } from './planned-way.ts';
import { addressesOf, type Doorstep, findDoorstep, findStandIn } from './stand-in.ts';

type Published = PublishedPort & { readonly container: string };

const LOOPBACK: Readonly<Record<Family, string>> = { ipv4: '127.0.0.1', ipv6: '::1' };

/** A port that is bound to a loopback address is meant for the host alone, and asked for from there alone. */
export function planPublished(snapshot: Snapshot): Plan {
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  const ports = publishedPorts(snapshot);
  if (!host || ports.length === 0) return { ways: [], leftOut: [], wanted: [] };
  if (!host.routes || !host.addresses) return { ways: [], leftOut: [], wanted: [host.id] };
  const doors = outsideOf(snapshot, host, ports);
  const ways = ports.flatMap((port) => {
    const door = doors.get(familyOfPort(port));
    return [...(door ? fromOutside(host, port, door) : []), ...fromHost(host, port)];
  });
  return { ways, wanted: [], leftOut: [...unasked(ports), ...unreached(ports, doors)] };
}

type Door = { readonly doorstep: Doorstep; readonly client: Endpoint };

/** Of each family that ports are published in: where the outside begins, and who asks there. */
function outsideOf(
  snapshot: Snapshot,
  host: Namespace,
  ports: readonly Published[],
): ReadonlyMap<Family, Door> {
  const doors = new Map<Family, Door>();
  for (const family of new Set(ports.map(familyOfPort))) {
    const doorstep = findDoorstep(host, family);
    const client = doorstep && findStandIn(snapshot, host, doorstep);
    if (client) doors.set(family, { doorstep, client });
  }
  return doors;
}

function fromOutside(host: Namespace, port: Published, { doorstep, client }: Door): readonly PlannedWay[] {
  if (isLoopback(port.hostAddress)) return [];
  const address = isAny(port) ? doorstep.address.address : port.hostAddress;
  const family = familyOfPort(port);
  if (!addressesOf(host, family).some((one) => one.address === address) && isAny(port)) return [];
  return wayTo(client, address, port, 'from outside');
}

function fromHost({ id, name }: Namespace, port: Published): readonly PlannedWay[] {
  const address = isAny(port) ? LOOPBACK[familyOfPort(port)] : port.hostAddress;
  return wayTo({ kind: 'namespace', id, text: name }, address, port, 'from the host');
}

function wayTo(from: Endpoint, address: string, port: Published, whence: string): readonly PlannedWay[] {
  const { protocol, hostPort, container } = port;
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  return [
    {
      kind: 'published',
      about: `${container}'s port ${formatEnd(address, hostPort)}/${protocol}, ${whence}`,
      request: {
        from,
        to: { kind: 'address', address, text: formatEnd(address, hostPort) },
        port: hostPort,
        proto: protocol,
      },
    },
  ];
}

/** Each once: containers that share a namespace may name the same ports. A container on the host's network publishes none. */
function publishedPorts({ namespaces }: Snapshot): readonly Published[] {
  const ports = namespaces
    .filter(({ kind }) => kind !== 'host')
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, ports: own }) => own.map((port): Published => ({ ...port, container: name })))
    .filter(({ hostPort }) => hostPort > 0);
  const keyOf = ({ protocol, hostAddress, hostPort }: Published) => `${protocol} ${hostAddress} ${hostPort}`;
  return [...new Map(ports.map((port) => [keyOf(port), port])).values()];
}

function unasked(ports: readonly Published[]): readonly LeftOut[] {
  return ports
    .filter(({ protocol }) => protocol !== 'tcp' && protocol !== 'udp')
    .map(({ container, hostPort, protocol }) => ({
      what: `${container}'s port ${hostPort}/${protocol}`,
      reason: `${protocol} is not followed`,
    }));
}

/** IPv6 is left out in silence where the host has none outside: every published port of an engine is bound in both families. */
function unreached(ports: readonly Published[], doors: ReadonlyMap<Family, Door>): readonly LeftOut[] {
  const isMissed = ports.some((port) => familyOfPort(port) === 'ipv4' && !isLoopback(port.hostAddress));
  if (doors.has('ipv4') || !isMissed) return [];
  const reason = 'no link with an address leads out of this host to a network where somebody could ask';
  return [{ what: 'published ports, from outside', reason }];
}

function familyOfPort({ hostAddress }: PublishedPort): Family {
  return familyOf(hostAddress) ?? 'ipv4';
}

function isAny({ hostAddress }: PublishedPort): boolean {
  return hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::';
}
