/**
 * The packet's first steps: route, source address, the sending link and the OUTPUT chains of its own namespace
 * (ip_route_output_flow and __ip_local_out in the kernel's net/ipv4).
 */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import { evaluateHook, evaluateNat, viewFirewall } from './evaluate-hook.ts';
import { findPeer } from './find-peer.ts';
import { filterHop } from './format-decision.ts';
import { checkLink } from './link-state.ts';
import type { Packet } from './packet.ts';
import { familyOf, isLoopback } from './prefix.ts';
import { formatRoute, lookUpRoute } from './route-lookup.ts';
import type { DraftHop, Fault, Stretch } from './walk.ts';

export type Departure = {
  readonly link: Link;
  /** Whom the frame is for: the gateway, or the destination itself. */
  readonly nextHop: string;
  readonly packet: Packet;
};

/** From the socket to the sending link. */
export function leaveNamespace(snapshot: Snapshot, namespace: Namespace, packet: Packet): Stretch<Departure> {
  const { links, routes, addresses } = namespace;
  if (!links || !routes || !addresses)
    return stop(
      namespace,
      'route',
      'links, addresses or routes of this namespace were not read, or not in full',
    );
  if (isOwn(namespace, packet.destination)) return stayInside(namespace, packet);
  const found = lookUpRoute(namespace, packet.destination);
  if (found.kind !== 'found' || (found.route.type !== 'unicast' && found.route.type !== 'local'))
    return found.kind === 'unread' || found.uncertain
      ? stop(
          namespace,
          'route',
          found.kind === 'unread' ? 'routes were not read, or not in full' : (found.uncertain ?? ''),
        )
      : noRoute(namespace, packet, found.kind === 'found' ? found.route : undefined);
  const link = findLink(namespace, found.hop?.ifindex);
  if (!link || found.uncertain)
    return stop(
      namespace,
      'route',
      found.uncertain ?? `the link of route ${formatRoute(found.route)} was not found`,
    );
  const route: DraftHop = {
    namespace,
    link: link.name,
    stage: 'route',
    verdict: 'pass',
    detail: `route ${formatRoute(found.route, link.name)}${packet.source ? `, source ${packet.source}` : ''}`,
  };
  if (!packet.source) {
    const fault: Fault = { kind: 'no-address', namespace, family: packet.family, link };
    const detail = `${link.name} has no ${packet.family} address to send from`;
    return { hops: [{ ...route, verdict: 'drop', detail }], faults: [fault] };
  }
  const leaving: Packet = { ...packet, outLink: link.name, sourceIsLocal: true };
  const output = passOutput(namespace, leaving);
  const state = checkLink(namespace, link, 'sends', findPeer(snapshot, link));
  return {
    hops: [route, ...output.hops, ...state.hops],
    faults: [...output.faults, ...state.faults],
    ...(output.next ? { next: { link, nextHop: found.hop?.gateway ?? packet.destination, packet } } : {}),
  };
}

/** A namespace that has no route: a link that is down or without an address explains it, else the route itself is missing. */
function noRoute(
  namespace: Namespace,
  packet: Packet,
  route: Extract<Fault, { kind: 'no-route' }>['route'],
): Stretch<Departure> {
  const outward = (namespace.links ?? []).filter(({ kind }) => kind !== 'loopback');
  const down = outward.filter((link) => !link.adminUp);
  const addressed = (namespace.addresses ?? []).some(
    ({ family, address, scope }) => family === packet.family && scope !== 'link' && !isLoopback(address),
  );
  const detail = route
    ? `route ${formatRoute(route)} refuses the packet`
    : `no route to ${packet.destination} in ${namespace.name}`;
  const fault: Fault = { kind: 'no-route', namespace, destination: packet.destination, forwarding: false };
  const faults: readonly Fault[] = route
    ? [{ ...fault, route }]
    : // Setting a link down takes its routes with it (fib_sync_down_dev), and so does a missing address.
      down.length > 0 && down.length === outward.length
      ? down.map((link): Fault => ({ kind: 'link-down', namespace, link }))
      : !addressed && outward.length > 0
        ? [
            {
              kind: 'no-address',
              namespace,
              family: packet.family,
              ...(outward[0] ? { link: outward[0] } : {}),
            },
          ]
        : [fault];
  return { hops: [{ namespace, stage: 'route', verdict: 'drop', detail }], faults };
}

/** The destination is the namespace's own: the packet goes over `lo` and meets no other link. */
function stayInside(namespace: Namespace, packet: Packet): Stretch<Departure> {
  const lo = namespace.links?.find(({ kind }) => kind === 'loopback');
  const own = `${packet.destination} is this namespace's own address`;
  if (lo && !lo.adminUp) {
    const detail = `${own}, and lo is down`;
    return {
      hops: [{ namespace, link: lo.name, stage: 'link', verdict: 'drop', detail }],
      faults: [{ kind: 'link-down', namespace, link: lo }],
    };
  }
  return stop(namespace, 'deliver', `${own}; whether something listens there was not examined`);
}

function passOutput(namespace: Namespace, packet: Packet): Stretch<true> {
  const firewall = viewFirewall(namespace, packet.family);
  const result = evaluateHook(firewall, 'OUTPUT', packet);
  const hop = filterHop(namespace, 'OUTPUT', result, 'request');
  const blocked = result.verdict === 'drop' || result.verdict === 'reject';
  if (blocked && result.decision) {
    const { decision } = result;
    return {
      hops: [hop],
      faults: [{ kind: 'filtered', namespace, hook: 'OUTPUT', decision, packet, direction: 'request' }],
      next: true,
    };
  }
  const nat = evaluateNat(firewall, 'OUTPUT', packet);
  if (nat.kind !== 'rewritten') return { hops: [hop], faults: [], next: true };
  const detail = `the packet's destination is rewritten here by ${nat.decision?.rule?.text ?? 'a rule'}; where to is not followed yet`;
  return { hops: [hop, { namespace, stage: 'nat', verdict: 'unknown', detail }], faults: [] };
}

function isOwn(namespace: Namespace, destination: string): boolean {
  return (
    isLoopback(destination) ||
    (namespace.addresses ?? []).some(
      ({ address, family }) => address === destination && family === familyOf(destination),
    )
  );
}

function stop(namespace: Namespace, stage: DraftHop['stage'], detail: string): Stretch<Departure> {
  return { hops: [{ namespace, stage, verdict: 'unknown', detail }], faults: [] };
}
