/**
 * IPv6 asks for MACs with ICMPv6, which meets the OUTPUT and INPUT chains of both ends (RFC 4861, 4.3 and 4.4): a firewall
 * that forgets it stops everything. Connection tracking leaves it untracked (nf_conntrack_icmpv6_error).
 */
import ipaddr from 'ipaddr.js';
import { type Packet, PROTOCOL } from '../netfilter/packet.ts';
import type { Place } from './fault.ts';
import type { Asked } from './neighbour.ts';
import { passHook } from './pass-hook.ts';
import { joinSaid, type Said } from './say.ts';
import type { World } from './state.ts';

const SOLICITATION = 135;
const ADVERTISEMENT = 136;
/** Of every packet of NDP, so that none from beyond a router is believed (RFC 4861, 7.1). */
const NDP_TTL = 255;

/** Nothing where the question and its answer pass, else what stops them. */
export function passNdp(asked: World, { place, packet, nextHop }: Asked, owner: Place): Said {
  // What these questions meet is not what the packet meets.
  const { met: _, ...world } = asked;
  const from = (place.namespace.addresses ?? []).find(
    ({ ifindex, family, scope }) =>
      ifindex === place.link.ifindex &&
      family === 'ipv6' &&
      (scope === 'link') === nextHop.startsWith('fe80'),
  )?.address;
  const asker = from ?? packet.source;
  const question = ndp(packet, SOLICITATION, asker, groupOf(nextHop));
  const answer = ndp(packet, ADVERTISEMENT, nextHop, asker);
  const passes = [
    send(world, place, question),
    take(world, owner, question),
    send(world, owner, answer),
    take(world, place, answer),
  ];
  const all = joinSaid(...passes);
  return { hops: all.hops.filter(({ verdict }) => verdict !== 'pass'), faults: all.faults };
}

function send(world: World, { namespace, link }: Place, packet: Packet): Said {
  return passHook(world, {
    namespace,
    hook: 'output',
    packet: { ...packet, outLink: link.name },
    outLink: link,
  });
}

function take(world: World, { namespace, link }: Place, packet: Packet): Said {
  const arriving: Packet = { ...packet, inLink: link.name };
  const before = passHook(world, { namespace, hook: 'prerouting', packet: arriving, inLink: link });
  return joinSaid(before, passHook(world, { namespace, hook: 'input', packet: arriving, inLink: link }));
}

function ndp({ family, connection }: Packet, icmpType: number, source: string, destination: string): Packet {
  return {
    family,
    protocol: PROTOCOL.icmpv6,
    source,
    destination,
    tcpFlags: 0,
    icmpType,
    icmpCode: 0,
    ttl: NDP_TTL,
    mark: 0,
    connection: {
      ...connection,
      state: 'untracked',
      direction: 'original',
      original: { source, destination },
    },
  };
}

/** The solicited-node address: ff02::1:ff and the last three bytes (RFC 4291, 2.7.1). */
function groupOf(address: string): string {
  const last = ipaddr.parse(address).toByteArray().slice(-3);
  return ipaddr.fromByteArray([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...last]).toString();
}
