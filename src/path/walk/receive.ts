/**
 * A namespace's IP stack takes a packet: PREROUTING, the route, and then INPUT for a socket of its own, or FORWARD
 * (ip_rcv, ip_route_input, ip_local_deliver and ip_forward in the kernel's net/ipv4).
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { RouteAnswer } from '../route/query.ts';
import { bridgeRewritten } from './bridged-dnat.ts';
import type { KnownConnection } from './connections.ts';
import { describeRoute } from './describe-route.ts';
import { findDiverted } from './diverted.ts';
import { enter } from './enter.ts';
import { lostSight } from './hops.ts';
import { leave, remember } from './leave.ts';
import { noRoute } from './no-route.ts';
import { redirectAddress } from './own-address.ts';
import { passHook } from './pass-hook.ts';
import { refuseSource } from './refuse-source.ts';
import type { DraftHop, Step, StepResult, World } from './state.ts';
import { canRoute, routeArrival, routeRegardless } from './tables.ts';

type Received = {
  readonly namespace: Namespace;
  readonly link: Link;
  readonly packet: Packet;
  readonly known: KnownConnection | undefined;
  /** Its destination before PREROUTING. */
  readonly cameFor: string;
};

export const receive: Step<'receive'> = (world, { namespace, link, packet: arrived }) => {
  if (!canRoute(world, namespace))
    return lostSight(
      namespace,
      'route',
      `links, addresses, routes or sysctls of ${namespace.name} were not read, or not in full`,
    );
  const looped = link.kind === 'loopback';
  const { outLink: _, ...incoming } = arrived;
  // What comes in by lo has its connection from OUTPUT already.
  const entered = looped ? { packet: incoming, known: undefined } : enter(world, namespace, incoming);
  const { known } = entered;
  const before: Packet = { ...entered.packet, inLink: link.name };
  const own = redirectAddress(namespace, looped ? undefined : link, before.family);
  const passed = passHook(world, {
    namespace,
    hook: 'prerouting',
    packet: before,
    inLink: link,
    own,
    known,
    settled: looped,
  });
  if (!passed.packet) {
    const end = lostSight(namespace, 'nat', 'whether the destination is rewritten here cannot be told', {
      link: link.name,
    });
    return { ...end, hops: [...passed.hops, ...end.hops], faults: passed.faults };
  }
  const received = { namespace, link, packet: passed.packet, known, cameFor: arrived.destination };
  return join(passed, route(world, received));
};

function route(world: World, received: Received): StepResult {
  const { namespace, link, packet } = received;
  if (link.kind === 'loopback') return input(world, received);
  const answer = routeArrival(world, namespace, packet, link.name);
  const bridged = bridgeRewritten(world, received, answer);
  if (bridged) return bridged;
  if (answer.kind === 'unknown') return lostSight(namespace, 'route', answer.why, { link: link.name });
  if (answer.kind === 'found') return onward(world, received, answer);
  const { how } = answer;
  if (world.isOutside?.(namespace)) return leftFor(namespace, link, packet);
  if (how === 'forwarding-off' || how === 'reverse-path' || how === 'martian') {
    const refused = refuseSource(namespace, link, packet, answer);
    const anyway = routeRegardless(namespace, packet);
    return anyway.kind === 'found' ? join(refused, onward(world, received, anyway)) : refused;
  }
  return noRoute(namespace, packet, answer, { forwarding: true });
}

/** Whoever leads nowhere else stands for all that lies beyond. */
function leftFor(namespace: Namespace, link: Link, packet: Packet): StepResult {
  const detail = `reaches ${namespace.name}, which leads nowhere else: what is beyond was not examined`;
  return {
    hops: [{ namespace, link: link.name, stage: 'deliver', verdict: 'unknown', detail }],
    faults: [],
    end: { how: 'beyond', namespace, link, packet },
  };
}

function onward(
  world: World,
  received: Received,
  answer: Extract<RouteAnswer, { kind: 'found' }>,
): StepResult {
  const { namespace, link: inLink, packet, known } = received;
  if (answer.type === 'local') return input(world, received);
  if (answer.type !== 'unicast')
    return lostSight(namespace, 'route', `${packet.destination} is a ${answer.type} address: not followed`);
  const outLink = namespace.links?.find(({ name }) => name === answer.link);
  if (!outLink) return lostSight(namespace, 'route', `the link ${answer.link} of the route was not found`);
  const hop: DraftHop = {
    namespace,
    link: outLink.name,
    stage: 'route',
    verdict: 'pass',
    detail: describeRoute(namespace, packet, answer),
  };
  const aged = age(world, received);
  const forwarded: Packet = { ...aged.packet, outLink: outLink.name };
  const passed = passHook(world, { namespace, hook: 'forward', packet: forwarded, inLink, outLink });
  if (passed.rewritten)
    return {
      hops: [hop, ...aged.hops, ...passed.hops],
      faults: [...aged.faults, ...passed.faults],
      end: { how: 'lost' },
    };
  const left = leave(world, {
    namespace,
    packet: passed.packet ?? forwarded,
    link: outLink,
    nextHop: answer.gateway ?? packet.destination,
    inLink,
    known,
  });
  const diverted = findDiverted(namespace, packet, answer);
  return join(
    {
      hops: [hop, ...aged.hops, ...passed.hops],
      faults: [...diverted, ...aged.faults, ...passed.faults],
    },
    left,
  );
}

/** Whoever forwards takes one from the TTL, before FORWARD is asked, and drops what has one left (ip_forward, RFC 1812). */
function age(
  { direction }: World,
  { namespace, link, packet }: Received,
): Pick<StepResult, 'hops' | 'faults'> & { readonly packet: Packet } {
  const { ttl } = packet;
  // Only a rule on the way says which TTL it has; who sent it is not asked for its own.
  if (ttl === undefined) return { hops: [], faults: [], packet };
  if (ttl > 1) return { hops: [], faults: [], packet: { ...packet, ttl: ttl - 1 } };
  const detail = `its TTL of ${ttl} is used up: ${namespace.name} forwards no further and tells the sender`;
  return {
    hops: [{ namespace, link: link.name, stage: 'route', verdict: 'drop', detail }],
    faults: [{ kind: 'ttl-expired', namespace, link, packet, ttl, direction }],
    packet,
  };
}

/** For this namespace itself. */
function input(world: World, { namespace, link, packet, known }: Received): StepResult {
  const passed = passHook(world, { namespace, hook: 'input', packet, inLink: link, known });
  if (passed.rewritten) return { hops: passed.hops, faults: passed.faults, end: { how: 'lost' } };
  const delivered = passed.packet ?? packet;
  if (!known) remember(world, namespace, packet.connection.original, delivered);
  const { hops, faults } = passed;
  return { hops, faults, next: { at: 'deliver', namespace, link, packet: delivered } };
}

function join(first: Pick<StepResult, 'hops' | 'faults'>, second: StepResult): StepResult {
  return { ...second, hops: [...first.hops, ...second.hops], faults: [...first.faults, ...second.faults] };
}
