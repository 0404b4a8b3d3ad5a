/**
 * A packet from elsewhere passes through a namespace: PREROUTING, the forwarding sysctls and the route, FORWARD
 * (ip_rcv, ip_route_input and ip_forward in the kernel's net/ipv4), and FORWARD once more for the answer.
 */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink } from '../model/snapshot.ts';
import type { Arrival } from './cross-link.ts';
import { evaluateHook, evaluateNat, type Firewall, type Hook, viewFirewall } from './evaluate-hook.ts';
import { filterHop } from './format-decision.ts';
import { checkForwarding } from './forwarding.ts';
import { checkLink } from './link-state.ts';
import { answerTo, type Packet } from './packet.ts';
import { formatRoute, lookUpRoute } from './route-lookup.ts';
import type { Direction, DraftHop, Stretch } from './walk.ts';

export type Passage = Arrival & { readonly outLink: Link; readonly outAddress?: string };

type Filtering = {
  readonly namespace: Namespace;
  readonly firewall: Firewall;
  readonly hook: Hook;
  readonly packet: Packet;
  readonly direction: Direction;
  readonly inLink?: Link;
  readonly outLink?: Link;
};

export function forward({ namespace, inLink, packet: sent }: Arrival): Stretch<Passage> {
  const packet: Packet = { ...sent, inLink: inLink.name };
  const firewall = viewFirewall(namespace, packet.family);
  if (namespace.addresses?.some(({ address }) => address === packet.destination))
    return end(
      namespace,
      'deliver',
      `${packet.destination} is an address of ${namespace.name} itself; its INPUT chains are not examined yet`,
    );
  const before = filter({ namespace, firewall, hook: 'PREROUTING', packet, direction: 'request', inLink });
  const nat = evaluateNat(firewall, 'PREROUTING', packet);
  if (nat.kind !== 'unchanged' && (nat.kind === 'rewritten' || firewall.unread.length === 0))
    return {
      hops: [
        ...before.hops,
        hopOf(
          namespace,
          'nat',
          'the destination may be rewritten here; where to is not followed yet',
          nat.unknown,
        ),
      ],
      faults: before.faults,
    };
  const gate = checkForwarding(namespace, inLink, 'request');
  const routed = routeOnward(namespace, packet);
  const sofar = {
    hops: [...before.hops, ...gate.hops, ...routed.hops],
    faults: [...before.faults, ...gate.faults, ...routed.faults],
  };
  if (!routed.next) return sofar;
  const { outLink, outAddress } = routed.next;
  const passing: Packet = { ...packet, outLink: outLink.name };
  const through = { namespace, firewall, hook: 'FORWARD', inLink, outLink } as const;
  const stretches = [
    sofar,
    filter({ ...through, packet: passing, direction: 'request' }),
    checkLink(namespace, outLink, 'sends'),
    checkForwarding(namespace, outLink, 'answer'),
    filter({ ...through, packet: answerTo(passing), direction: 'answer', inLink: outLink, outLink: inLink }),
  ];
  return {
    hops: stretches.flatMap(({ hops }) => hops),
    faults: stretches.flatMap(({ faults }) => faults),
    next: {
      namespace,
      inLink,
      packet: passing,
      outLink,
      ...(outAddress === undefined ? {} : { outAddress }),
    },
  };
}

/** The onward route; an uncertain one ends the walk, because every later step depends on the link it chooses. */
function routeOnward(
  namespace: Namespace,
  packet: Packet,
): Stretch<{ readonly outLink: Link; readonly outAddress?: string }> {
  const found = lookUpRoute(namespace, packet.destination);
  if (found.kind === 'unread')
    return end(namespace, 'route', `routes of ${namespace.name} were not read, or not in full`);
  if (found.uncertain !== undefined) return end(namespace, 'route', found.uncertain);
  if (found.kind === 'none' || (found.route.type !== 'unicast' && found.route.type !== 'local')) {
    const route = found.kind === 'found' ? { route: found.route } : {};
    const detail = route.route
      ? `route ${formatRoute(route.route)} refuses the packet`
      : `${namespace.name} has no route to ${packet.destination}`;
    return {
      hops: [{ namespace, stage: 'route', verdict: 'drop', detail }],
      faults: [{ kind: 'no-route', namespace, destination: packet.destination, forwarding: true, ...route }],
    };
  }
  const outLink = findLink(namespace, found.hop?.ifindex);
  if (!outLink || found.route.type === 'local')
    return end(namespace, 'route', `the link of route ${formatRoute(found.route)} was not found`);
  const outAddress =
    found.route.source ??
    namespace.addresses?.find(
      ({ ifindex, family }) => ifindex === outLink.ifindex && family === packet.family,
    )?.address;
  const detail = `route ${formatRoute(found.route, outLink.name)}`;
  return {
    hops: [{ namespace, link: outLink.name, stage: 'route', verdict: 'pass', detail }],
    faults: [],
    next: { outLink, ...(outAddress === undefined ? {} : { outAddress }) },
  };
}

/** One filtering hook; a drop is a fault, and the walk goes on to find further ones. */
export function filter({
  namespace,
  firewall,
  hook,
  packet,
  direction,
  inLink,
  outLink,
}: Filtering): Stretch<never> {
  const result = evaluateHook(firewall, hook, packet);
  const hops = [filterHop(namespace, hook, result, direction)];
  if ((result.verdict !== 'drop' && result.verdict !== 'reject') || !result.decision)
    return { hops, faults: [] };
  const links = { ...(inLink ? { inLink } : {}), ...(outLink ? { outLink } : {}) };
  return {
    hops,
    faults: [{ kind: 'filtered', namespace, hook, decision: result.decision, packet, direction, ...links }],
  };
}

function hopOf(
  namespace: Namespace,
  stage: DraftHop['stage'],
  detail: string,
  unknown: readonly string[] = [],
): DraftHop {
  return { namespace, stage, verdict: 'unknown', detail, ...(unknown.length > 0 ? { unknown } : {}) };
}

function end(namespace: Namespace, stage: DraftHop['stage'], detail: string): Stretch<never> {
  return { hops: [hopOf(namespace, stage, detail)], faults: [] };
}
