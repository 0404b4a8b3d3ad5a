/**
 * A frame comes in by a link: programs and ingress rules, and then who takes it: a macvlan on the link, the bridge that it
 * is a port of, or the namespace's own stack if the frame is for its MAC (__netif_receive_skb_core, eth_type_trans).
 */
import type { Packet } from '../netfilter/packet.ts';
import { enterBridge } from './bridge.ts';
import type { Place } from './fault.ts';
import { passFrameHook } from './frame-hooks.ts';
import { meetPrograms } from './link-programs.ts';
import { hopAt, joinSaid, NOTHING, nameOf, type Said, say } from './say.ts';
import type { Step, StepResult, World } from './state.ts';
import { isMacvlan, macvlanMode, macvlansOn, masterOf } from './wire.ts';
import { hasNoMac } from './without-asking.ts';

export const frameIn: Step<'frame-in'> = (world, { namespace, link, packet: came }) => {
  const place = { namespace, link };
  const programs: Said = { hops: meetPrograms(world, place, 'ingress', came), faults: [] };
  const rules = passFrameHook(world, {
    namespace,
    family: 'netdev',
    hook: 'ingress',
    packet: came,
    inLink: link,
  });
  const taken = take(world, place, rules.packet);
  return { ...taken, ...joinSaid(childState(world, place), programs, rules, taken) };
};

function take(world: World, place: Place, packet: Packet): StepResult {
  const { namespace, link } = place;
  const shared = giveToMacvlan(world, place, packet);
  if (shared) return shared;
  const master = masterOf(place);
  if (master.kind === 'bridge') return enterBridge(world, { namespace, link, packet }, master.bridge);
  if (master.kind === 'other')
    return { ...say(place, 'link', 'unknown', master.detail), end: { how: 'unknown' } };
  const { destinationMac } = packet;
  if (destinationMac !== undefined && !hasNoMac(link) && destinationMac !== link.mac) {
    const detail = `the frame is for ${destinationMac}, and ${link.name} is ${link.mac}: it is thrown away`;
    return { ...say(place, 'link', 'drop', detail), end: { how: 'lost' } };
  }
  return { ...NOTHING, next: { at: 'receive', namespace, link, packet } };
}

/** Of macvlan links on this one, the one whose MAC the frame is for; nothing where there is none. */
function giveToMacvlan(world: World, place: Place, packet: Packet): StepResult | undefined {
  const children = macvlansOn(world.snapshot, place);
  const odd = children.find(({ link }) => macvlanMode(link) === 'passthru' || macvlanMode(link) === 'source');
  if (odd) {
    const detail = `${nameOf(odd)} takes frames from ${place.link.name} in mode ${macvlanMode(odd.link)}: not followed`;
    return { ...say(place, 'link', 'unknown', detail), end: { how: 'unknown' } };
  }
  const child = children.find(({ link }) => link.mac === packet.destinationMac);
  if (!child) return undefined;
  return {
    ...say(child, 'link', 'pass', `${child.link.name}, a macvlan on ${place.link.name}, takes the frame`),
    next: { at: 'frame-in', namespace: child.namespace, link: child.link, packet },
  };
}

/** A macvlan that is down takes nothing; that a veth is down shows at its peer, which has no carrier then. */
function childState({ direction }: World, place: Place): Said {
  const { namespace, link } = place;
  if (!isMacvlan(link) || link.adminUp) return NOTHING;
  return {
    hops: [hopAt(place, 'link', 'drop', `${link.name} is down`)],
    faults: [{ kind: 'link-down', namespace, link, direction }],
  };
}
