/**
 * A frame for the bridge whose IP destination PREROUTING rewrites to somebody on the same bridge: with br_netfilter it is not
 * routed, but goes on in the bridge from the port that it came by (br_nf_pre_routing_finish in
 * net/bridge/br_netfilter_hooks.c, `bridged_dnat`). Where nothing is forwarded it is refused like any other.
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { RouteAnswer } from '../route/query.ts';
import { crossAfterPrerouting } from './bridge.ts';
import type { KnownConnection } from './connections.ts';
import { resolveNeighbour } from './neighbour.ts';
import { joinSaid } from './say.ts';
import type { StepResult, World } from './state.ts';

export type Rewritten = {
  readonly namespace: Namespace;
  /** That it came in by. */
  readonly link: Link;
  /** Behind PREROUTING. */
  readonly packet: Packet;
  /** Its destination before. */
  readonly cameFor: string;
  readonly known: KnownConnection | undefined;
};

/** undefined where the packet takes its usual way. */
export function bridgeRewritten(
  world: World,
  { namespace, link: bridge, packet, cameFor, known }: Rewritten,
  answer: RouteAnswer,
): StepResult | undefined {
  // Only br_netfilter tells by which port a packet came.
  const inPort = namespace.links?.find(({ name }) => name === packet.physIn);
  if (bridge.kind !== 'bridge' || !inPort || packet.destination === cameFor) return undefined;
  if (answer.kind !== 'found' || answer.type !== 'unicast' || answer.link !== bridge.name) return undefined;
  const place = { namespace, link: bridge };
  const nextHop = answer.gateway ?? packet.destination;
  const resolved = resolveNeighbour(world, { place, packet, nextHop });
  if (resolved.ends) return { ...joinSaid(resolved), end: { how: resolved.ends } };
  const { destinationMac: _, ...bare } = packet;
  const frame: Packet = { ...bare, ...(resolved.mac === undefined ? {} : { destinationMac: resolved.mac }) };
  const crossed = crossAfterPrerouting(world, { namespace, bridge }, inPort, frame, known);
  return { ...crossed, ...joinSaid(resolved, crossed) };
}
