/**
 * Taps: one in each namespace on the way, on all its links and in both directions, promiscuous on none of them. What is
 * seen on a link that the walk did not name counts as well: that is where a packet went astray.
 */
import type { Namespace } from '../../model/namespace.ts';
import { findLink } from '../../model/snapshot.ts';
import type { NamespaceHandle, WireSocket } from '../../system/system.ts';
import type { Mark } from './mark.ts';
import type { Sighting } from './proof.ts';
import { readPacket } from './read-packet.ts';
import { tapFilter } from './tap-filter.ts';

/** struct sockaddr_ll (packet(7)): the ifindex, and the kind of packet. */
const IFINDEX_AT = 4;
const KIND_AT = 10;
const LINK_ADDRESS_BYTES = 12;
const PACKET_OTHERHOST = 3;
const PACKET_OUTGOING = 4;
/** Packets taken from one tap at a time: a flood that looks like the probe must not hold up everything. */
const MOST_AT_ONCE = 256;

export type Tap = {
  readonly namespace: Namespace;
  readonly socket: WireSocket;
  /** What has passed since, oldest first. */
  readonly read: () => readonly Sighting[];
};

/** Begins to listen. Throws `SystemError`: EPERM without CAP_NET_RAW. */
export function openTap(namespace: Namespace, handle: NamespaceHandle, mark: Mark): Tap {
  const socket = handle.openWire({ kind: 'tap', filter: tapFilter(mark) });
  return { namespace, socket, read: () => readAll(namespace, socket, mark) };
}

function readAll(namespace: Namespace, socket: WireSocket, mark: Mark): readonly Sighting[] {
  const found: Sighting[] = [];
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    const datagram = socket.receive();
    if (!datagram) break;
    const { bytes, from } = datagram;
    const packet = readPacket(bytes, mark);
    if (!packet || from.length < LINK_ADDRESS_BYTES) continue;
    const address = new DataView(from.buffer, from.byteOffset);
    const ifindex = address.getInt32(IFINDEX_AT, true);
    const kind = address.getUint8(KIND_AT);
    const link = findLink(namespace, ifindex);
    found.push({
      ...packet,
      namespace: namespace.name,
      link: link?.name ?? `ifindex ${ifindex}`,
      way: kind === PACKET_OUTGOING ? 'out' : 'in',
      // A bridge takes frames for others; a stack that is not asked for lets them fall.
      ...(kind === PACKET_OTHERHOST && !link?.master ? { forAnother: true } : {}),
      ...(link?.master ? { onPort: true } : {}),
    });
  }
  return found;
}
