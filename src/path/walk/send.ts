/**
 * A process sends: route, source address, the OUTPUT chains of its own namespace, and POSTROUTING (ip_route_output_flow,
 * __ip_local_out, ip_output in the kernel's net/ipv4).
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { firewallOf } from '../netfilter/firewall.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { RouteAnswer } from '../route/query.ts';
import { describeRoute } from './describe-route.ts';
import { enter } from './enter.ts';
import { lostSight } from './hops.ts';
import { leave } from './leave.ts';
import { findLoopbackDown } from './loopback-down.ts';
import { noRoute } from './no-route.ts';
import { passHook } from './pass-hook.ts';
import type { DraftHop, Step, StepResult, World } from './state.ts';
import { canRoute, routeOutput } from './tables.ts';

type Found = Extract<RouteAnswer, { kind: 'found' }>;

export const send: Step<'send'> = (world, { namespace, packet: wanted }) => {
  if (!canRoute(world, namespace))
    return lostSight(
      namespace,
      'route',
      `links, addresses, routes or sysctls of ${namespace.name} were not read, or not in full`,
    );
  const chosen = routeOutput(world, namespace, wanted);
  if (chosen.kind === 'unknown') return lostSight(namespace, 'route', chosen.why);
  const by = chosen.kind === 'found' ? chosen.link : undefined;
  const loopbackDown = findLoopbackDown(world, namespace, wanted.destination, by);
  if (loopbackDown) return { ...loopbackDown, end: { how: 'lost' } };
  if (chosen.kind === 'refused') return noRoute(namespace, wanted, chosen, { forwarding: false });
  const link = linkOf(namespace, chosen);
  if (!link) return lostSight(namespace, 'route', `the link ${chosen.link} of the route was not found`);
  const source = wanted.source || chosen.source;
  if (source === undefined) return noSource(namespace, wanted, link);
  const entered = enter(world, namespace, { ...wanted, source, sender: wanted.sender ?? {} });
  const before: Packet = { ...entered.packet, outLink: link.name };
  const route: DraftHop = {
    namespace,
    link: link.name,
    stage: 'route',
    verdict: 'pass',
    detail: `${describeRoute(namespace, before, chosen)}, source ${source}`,
  };
  const output = passHook(world, {
    namespace,
    hook: 'output',
    packet: before,
    outLink: link,
    known: entered.known,
    own: before.family === 'ipv4' ? '127.0.0.1' : '::1',
  });
  const sofar = { hops: [route, ...output.hops], faults: output.faults };
  if (!output.packet)
    return {
      ...lostSight(namespace, 'nat', 'whether the destination is rewritten here cannot be told'),
      ...sofar,
    };
  return join(
    sofar,
    routeAgain(world, {
      namespace,
      before,
      packet: output.packet,
      link,
      found: chosen,
      known: entered.known,
    }),
  );
};

type Rerouting = {
  readonly namespace: Namespace;
  readonly before: Packet;
  readonly packet: Packet;
  readonly link: Link;
  readonly found: Found;
  readonly known: ReturnType<typeof enter>['known'];
};

/** A new destination, or a mark that a chain of type route has set, asks for a new route (ip_route_me_harder). */
function routeAgain(world: World, { namespace, before, packet, link, found, known }: Rerouting): StepResult {
  const onward = (by: Link, answer: Found): StepResult =>
    leave(world, { namespace, packet, link: by, nextHop: answer.gateway ?? packet.destination, known });
  const marked = packet.mark !== before.mark && hasRouteChain(world, namespace);
  if (packet.destination === before.destination && !marked) return onward(link, found);
  const answer = routeOutput(world, namespace, packet);
  if (answer.kind === 'unknown') return lostSight(namespace, 'route', answer.why);
  if (answer.kind === 'refused') return noRoute(namespace, packet, answer, { forwarding: false });
  const by = linkOf(namespace, answer);
  if (!by) return lostSight(namespace, 'route', `the link ${answer.link} of the route was not found`);
  const hop: DraftHop = {
    namespace,
    link: by.name,
    stage: 'route',
    verdict: 'pass',
    detail: `routed again: ${describeRoute(namespace, packet, answer)}`,
  };
  return join({ hops: [hop], faults: [] }, onward(by, answer));
}

function hasRouteChain({ snapshot }: World, namespace: Namespace): boolean {
  return firewallOf(snapshot, namespace).bases.some(({ type }) => type === 'route');
}

function noSource(namespace: Namespace, { family }: Packet, link: Link): StepResult {
  const detail = `${link.name} has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address to send from`;
  return {
    hops: [{ namespace, link: link.name, stage: 'route', verdict: 'drop', detail }],
    faults: [{ kind: 'no-address', namespace, family, link, direction: 'request' }],
    end: { how: 'lost' },
  };
}

function linkOf({ links }: Namespace, { link: name }: Found): Link | undefined {
  return links?.find((link) => link.name === name);
}

function join(first: Pick<StepResult, 'hops' | 'faults'>, second: StepResult): StepResult {
  return { ...second, hops: [...first.hops, ...second.hops], faults: [...first.faults, ...second.faults] };
}
