/** For the namespace itself: whether a socket, or the kernel, takes the packet; docker-proxy hands it on. */
import type { Namespace } from '../../model/namespace.ts';
import type { Socket } from '../../model/socket.ts';
import { type Packet, PROTOCOL } from '../netfilter/packet.ts';
import { familyOf, isLoopback } from '../prefix.ts';
import { lookUp } from '../route/lookup.ts';
import { formatEnd } from './hops.ts';
import { isWildcard, relayThrough } from './relay.ts';
import type { DraftHop, Step, StepResult, World } from './state.ts';

export const deliver: Step<'deliver'> = (world, { namespace, link, packet }) => {
  const hop = { namespace, ...(link ? { link: link.name } : {}), stage: 'deliver' } as const;
  const delivered = (detail: string): StepResult => ({
    hops: [{ ...hop, verdict: 'pass', detail }],
    faults: [],
    end: { how: 'delivered', namespace, packet },
  });
  if (world.direction === 'answer')
    return delivered(`the answer arrives: ${formatEnd(packet.source, packet.sourcePort)} is heard`);
  if (packet.protocol === PROTOCOL.icmp || packet.protocol === PROTOCOL.icmpv6)
    return echo(namespace, hop, packet, delivered);
  const { sockets } = namespace;
  if (!sockets) {
    world.wanted.add(namespace.id);
    const detail = `arrives at ${namespace.name}; whether something listens there was not read`;
    return {
      hops: [{ ...hop, verdict: 'unknown', detail }],
      faults: [],
      end: { how: 'delivered', namespace, packet },
    };
  }
  return toSocket(world, namespace, sockets, packet, hop, delivered);
};

type HopStart = Pick<DraftHop, 'namespace' | 'link' | 'stage'>;

/** The kernel itself answers an echo request (net.ipv4.icmp_echo_ignore_all, ip-sysctl.rst). */
function echo(
  namespace: Namespace,
  hop: HopStart,
  packet: Packet,
  delivered: (detail: string) => StepResult,
): StepResult {
  const family = packet.family === 'ipv4' ? 'ipv4' : 'ipv6';
  const path = packet.family === 'ipv4' ? 'ipv4/icmp_echo_ignore_all' : 'ipv6/icmp/echo_ignore_all';
  if (namespace.sysctls?.[path] !== '1')
    return delivered(
      `${formatEnd(packet.destination, undefined)} is an address of ${namespace.name}: the kernel answers the echo`,
    );
  return {
    hops: [
      { ...hop, verdict: 'drop', detail: `${namespace.name} ignores echo requests (${family} ${path} is 1)` },
    ],
    faults: [],
    end: { how: 'lost' },
  };
}

function toSocket(
  world: World,
  namespace: Namespace,
  sockets: readonly Socket[],
  packet: Packet,
  hop: HopStart,
  delivered: (detail: string) => StepResult,
): StepResult {
  const { destination, destinationPort } = packet;
  const protocol = packet.protocol === PROTOCOL.tcp ? 'tcp' : 'udp';
  if (typeof destinationPort !== 'number') return delivered(`arrives at ${namespace.name}`);
  const onPort = sockets.filter((socket) => socket.protocol === protocol && socket.port === destinationPort);
  const inIndex = namespace.links?.find(({ name }) => name === packet.inLink)?.ifindex;
  const taking = onPort.find((socket) => takes(socket, packet, inIndex));
  if (!taking) {
    const elsewhere = onPort.filter((socket) => socket.family === packet.family || socket.family === 'ipv6');
    const where = elsewhere.map((socket) => formatEnd(socket.address, socket.port)).join(', ');
    const only = where === '' ? 'nothing listens' : `only ${where} listens`;
    const refusal =
      protocol === 'tcp' ? 'the kernel answers with a reset' : 'the kernel answers port unreachable';
    return {
      hops: [
        {
          ...hop,
          verdict: 'drop',
          detail: `${only} in ${namespace.name} for ${protocol} ${formatEnd(destination, destinationPort)}: ${refusal}`,
        },
      ],
      faults: [{ kind: 'no-listener', namespace, packet, elsewhere, direction: 'request' }],
      end: { how: 'lost' },
    };
  }
  if (isFull(taking)) return queueFull(namespace, taking, hop, packet);
  const owner = taking.owners?.[0];
  const by = owner ? `${owner.name} (pid ${owner.pid})` : 'a socket';
  const strayed = strayingAnswer(world, namespace, packet, taking);
  const verdict = strayed === undefined ? 'pass' : 'unknown';
  const end = { how: 'delivered', namespace, packet } as const;
  if (owner?.name !== 'docker-proxy') {
    const detail = `${by} listens on ${formatEnd(taking.address, taking.port)}${strayed ?? ''}`;
    return { hops: [{ ...hop, verdict, detail }], faults: [], end };
  }
  const relay = relayThrough(world, namespace, packet, taking);
  if (!relay) {
    const detail = `${by} takes it for a container, and which one cannot be told`;
    return { hops: [{ ...hop, verdict: 'unknown', detail }], faults: [], end };
  }
  const { container, address, port, next } = relay;
  const detail = `${by} takes it for ${container} and asks ${formatEnd(address, port)} itself${strayed ?? ''}`;
  return { hops: [{ ...hop, verdict, detail }], faults: [], next, relayed: { namespace, packet } };
}

/** One connection more than the backlog may wait (sk_acceptq_is_full() of the kernel); then SYNs are dropped. */
function isFull({ protocol, receiveQueue, backlog }: Socket): boolean {
  return protocol === 'tcp' && backlog !== undefined && receiveQueue > backlog;
}

function queueFull(namespace: Namespace, socket: Socket, hop: HopStart, packet: Packet): StepResult {
  const detail = `${formatEnd(socket.address, socket.port)} listens in ${namespace.name} and accepts nobody: ${socket.receiveQueue} connections wait, more than its backlog of ${socket.backlog}`;
  return {
    hops: [{ ...hop, verdict: 'drop', detail }],
    faults: [{ kind: 'queue-full', namespace, socket, direction: 'request' }],
    end: { how: 'delivered', namespace, packet },
  };
}

/** From this release on docker-proxy answers from the address that was asked (moby/moby#48571). */
const CAREFUL_DOCKER = 28;

/**
 * A datagram's answer leaves from the address that the route back prefers, where the socket is bound to none and the
 * program does not name the one that was asked (IP_PKTINFO, ip(7)): the client then takes it for somebody else's.
 */
function strayingAnswer(
  world: World,
  namespace: Namespace,
  packet: Packet,
  { protocol, address, owners }: Socket,
): string | undefined {
  if (protocol !== 'udp' || !isWildcard(address)) return undefined;
  const { engine } = world.snapshot;
  const isProxy = owners?.[0]?.name === 'docker-proxy' && engine?.name === 'Docker';
  if (isProxy && Number.parseInt(engine.version, 10) >= CAREFUL_DOCKER) return undefined;
  const { family, source: destination, mark, protocol: number } = packet;
  const query = { family, destination, mark, protocol: number };
  const back = world.ask?.(namespace.id, query) ?? lookUp(namespace, query);
  if (back.kind !== 'found' || back.source === packet.destination) return undefined;
  const other = back.source ?? 'an address that cannot be told';
  return `; its answer leaves from ${other} unless the program sees to it (IP_PKTINFO)`;
}

/** Whether the socket is bound to what the packet is for (bind(2), ipv6(7), SO_BINDTODEVICE). */
function takes(
  socket: Socket,
  { family, destination, inLink }: Packet,
  inIndex: number | undefined,
): boolean {
  if (socket.ifindex !== undefined && inLink !== undefined && socket.ifindex !== inIndex) return false;
  if (socket.address === destination) return true;
  if (socket.family === family) return socket.address === (family === 'ipv4' ? '0.0.0.0' : '::');
  const isDual = socket.family === 'ipv6' && socket.address === '::' && socket.v6only !== true;
  return isDual && familyOf(destination) === 'ipv4' && (!isLoopback(destination) || isDual);
}
