/** Whether a link can carry a frame: IFF_UP and IFF_LOWER_UP (netdevice(7)), and the frame's size. */
import { findPeer } from '../find-peer.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { Place } from './fault.ts';
import { hopAt, NOTHING, type Said } from './say.ts';
import type { World } from './state.ts';

/** A link that sends: without IFF_UP or a carrier, what is handed to it is dropped (dev_deactivate, noop_qdisc). */
export function checkState({ snapshot, direction }: World, place: Place): Said {
  const { namespace, link } = place;
  if (!link.adminUp)
    return {
      hops: [hopAt(place, 'link', 'drop', `${link.name} is down`)],
      faults: [{ kind: 'link-down', namespace, link, direction }],
    };
  if (link.carrier) return NOTHING;
  const peer = findPeer(snapshot, link);
  const why = peer && !peer.link.adminUp ? `: its peer ${peer.namespace.name}/${peer.link.name} is down` : '';
  return {
    hops: [hopAt(place, 'link', 'drop', `${link.name} is up but has no carrier${why}`)],
    faults: [{ kind: 'no-carrier', namespace, link, direction, ...(peer ? { peer } : {}) }],
  };
}

/** The size of a packet that leaves its namespace by this link. */
export function checkSize({ direction }: World, place: Place, { length }: Packet): Said {
  const { namespace, link } = place;
  if (length === undefined || length <= link.mtu) return NOTHING;
  const detail = `the packet of ${length} bytes is larger than the MTU of ${link.name}, ${link.mtu}`;
  return {
    hops: [hopAt(place, 'link', 'drop', detail)],
    faults: [{ kind: 'too-big', namespace, link, mtu: link.mtu, direction }],
  };
}

/** Bytes beyond its MTU that a veth still takes: room for one VLAN tag (is_skb_forwardable in net/core/dev.c). */
const FRAME_SLACK_BYTES = 4;

/** The size of a frame that a veth hands to its peer, or a bridge to its port. */
export function checkFrameSize(world: World, place: Place, packet: Packet): Said {
  const { length } = packet;
  if (length === undefined || length <= place.link.mtu + FRAME_SLACK_BYTES) return NOTHING;
  return checkSize(world, place, packet);
}

/** For a packet whose size nobody asks about: whether the far end of a veth takes whatever the near end sends; segments that are still to be cut (GSO) pass in any case. */
export function comparePeers(
  { direction }: World,
  { namespace, link }: Place,
  peer: Place,
  { length }: Packet,
): Said {
  if (length !== undefined || link.mtu <= peer.link.mtu + FRAME_SLACK_BYTES) return NOTHING;
  return { hops: [], faults: [{ kind: 'peer-too-small', namespace, link, peer, direction }] };
}
