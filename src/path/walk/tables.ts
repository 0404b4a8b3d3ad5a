/** The tables that a step needs of a namespace; what was not read is noted, so that it can be read and walked again. */
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import { routeInput } from '../route/input.ts';
import { lookUp } from '../route/lookup.ts';
import type { RouteAnswer, RouteQuery } from '../route/query.ts';
import type { World } from './state.ts';

const ROUTING = ['links', 'addresses', 'routes', 'policyRules', 'sysctls'] as const;

/** Whether what routing needs was read. */
export function canRoute(world: World, namespace: Namespace): boolean {
  const isWhole = ROUTING.every((table) => namespace[table] !== undefined);
  if (!isWhole) world.wanted.add(namespace.id);
  return isWhole;
}

/** Where the packet goes as one that this namespace sends itself. */
export function routeOutput(world: World, namespace: Namespace, packet: Packet): RouteAnswer {
  const query = queryOf(packet);
  return world.ask?.(namespace.id, query) ?? lookUp(namespace, query);
}

/** Where the packet goes that came in by a link. */
export function routeArrival(
  world: World,
  namespace: Namespace,
  packet: Packet,
  inLink: string,
): RouteAnswer {
  const query = { ...queryOf(packet), inLink };
  return world.ask?.(namespace.id, query) ?? routeInput(namespace, query);
}

/** The same without asking whether it may come in there: to see what else would be wrong. */
export function routeRegardless(namespace: Namespace, packet: Packet): RouteAnswer {
  const { source: _, ...query } = queryOf(packet);
  return lookUp(namespace, query);
}

function queryOf({
  family,
  source,
  destination,
  mark,
  protocol,
  sourcePort,
  destinationPort,
}: Packet): RouteQuery {
  return {
    family,
    destination,
    ...(source === '' ? {} : { source }),
    mark,
    protocol,
    ...(typeof sourcePort === 'number' ? { sourcePort } : {}),
    ...(typeof destinationPort === 'number' ? { destinationPort } : {}),
  };
}
