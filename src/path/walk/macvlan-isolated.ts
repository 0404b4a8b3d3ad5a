/** A macvlan and the link that it shares never hear each other (macvlan_queue_xmit and macvlan_handle_frame of the kernel). */
import { findIsolated } from './find-owner.ts';
import type { Asked, Resolved } from './neighbour.ts';
import { hopAt, nameOf } from './say.ts';
import type { World } from './state.ts';

/** What is wrong where the next hop is on the other of the two. */
export function reportIsolated(world: World, { place, packet, nextHop }: Asked): Resolved | undefined {
  const isolated = findIsolated(world, place, packet, nextHop);
  if (!isolated) return undefined;
  const { child, parent, owner } = isolated;
  const { namespace, link } = child;
  const detail = `${nextHop} is on ${nameOf(owner)}: the macvlan ${link.name} and the ${parent.name} that it shares never hear each other`;
  return {
    hops: [hopAt(place, 'neighbour', 'drop', detail)],
    faults: [{ kind: 'macvlan-isolated', namespace, link, parent, direction: world.direction }],
    mac: owner.link.mac,
    straightTo: owner,
  };
}
