/**
 * Rules of IP that a bridged frame meets although it is not routed (br_netfilter, net/bridge/br_netfilter_hooks.c): the
 * bridge is the link it comes in by and leaves by, its ports are the physical ones.
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { KnownConnection } from './connections.ts';
import { enter } from './enter.ts';
import { callsIpRules } from './frame-hooks.ts';
import { remember } from './leave.ts';
import { masqueradeAddress } from './own-address.ts';
import { passHook } from './pass-hook.ts';
import { joinSaid, NOTHING, type Said, say } from './say.ts';
import type { World } from './state.ts';

export type BridgedFrame = {
  readonly namespace: Namespace;
  readonly bridge: Link;
  readonly inPort: Link;
  readonly outPort: Link;
  readonly packet: Packet;
};

/** PREROUTING has seen the packet, and found or not found this connection. */
export type Prerouted = { readonly known: KnownConnection | undefined };

/** `packet` absent: its addresses from here on cannot be told. */
export function passIpRules(
  world: World,
  frame: BridgedFrame,
  prerouted?: Prerouted,
): Said & { readonly packet?: Packet } {
  const { namespace, bridge, inPort, outPort, packet } = frame;
  const place = { namespace, link: bridge };
  const calls = callsIpRules(world, namespace, bridge, packet);
  if (calls === 'no') return { ...NOTHING, packet };
  if (calls === 'unknown') {
    const detail = `whether frames that ${bridge.name} passes meet the rules of IP was not read`;
    return { ...say(place, 'netfilter', 'unknown', detail), packet };
  }
  const { packet: came, known } = prerouted
    ? { packet, known: prerouted.known }
    : enter(world, namespace, packet);
  const arriving: Packet = { ...came, inLink: bridge.name, physIn: inPort.name };
  const first = prerouted
    ? { ...NOTHING, packet: arriving }
    : passHook(world, { namespace, hook: 'prerouting', packet: arriving, inLink: bridge, known });
  if (first.packet?.destination !== packet.destination) {
    const detail = `the destination is rewritten on ${bridge.name}, in the middle of the bridge: where the frame goes then is not followed`;
    return joinSaid(first, say(place, 'nat', 'unknown', detail));
  }
  const crossing: Packet = { ...first.packet, outLink: bridge.name, physOut: outPort.name };
  const second = passHook(world, {
    namespace,
    hook: 'forward',
    packet: crossing,
    inLink: bridge,
    outLink: bridge,
  });
  if (second.rewritten) return joinSaid(first, second);
  const { inLink: _, ...leaving } = second.packet ?? crossing;
  const own = masqueradeAddress(namespace, bridge, packet.destination, packet.family);
  const third = passHook(world, {
    namespace,
    hook: 'postrouting',
    packet: leaving,
    outLink: bridge,
    own,
    known,
  });
  const said = joinSaid(first, second, third);
  if (!third.packet) return said;
  if (!known) remember(world, namespace, leaving.connection.original, third.packet);
  const { outLink: _out, physIn: _physIn, physOut: _physOut, ...passed } = third.packet;
  return { ...said, packet: passed };
}
