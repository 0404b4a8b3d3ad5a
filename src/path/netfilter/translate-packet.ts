/** The packet after a translation (nf_nat_manip_pkt): which address and port it carries from here on. */
import type { Packet } from './packet.ts';
import type { Rewrite } from './program.ts';
import { replacePrefix } from './replace-prefix.ts';

/** The translated packet; undefined where the kernel chooses, so that nobody can tell the address. */
export function translatePacket(
  packet: Packet,
  rewrite: Rewrite,
  own: string | undefined,
): Packet | undefined {
  const address = newAddress(packet, rewrite, own);
  if (address === undefined) return undefined;
  const { connection } = packet;
  if (rewrite.manip === 'source') {
    const sourcePort = rewrite.random ? 'ephemeral' : newPort(rewrite, packet.sourcePort);
    return {
      ...packet,
      source: address,
      ...(sourcePort === undefined || packet.sourcePort === undefined ? {} : { sourcePort }),
      connection: { ...connection, sourceTranslated: 'yes' },
    };
  }
  const destinationPort = newPort(rewrite, packet.destinationPort);
  if (typeof rewrite.port === 'object' && rewrite.port.first !== rewrite.port.last) return undefined;
  return {
    ...packet,
    destination: address,
    ...(destinationPort === undefined || packet.destinationPort === undefined ? {} : { destinationPort }),
    connection: { ...connection, destinationTranslated: 'yes' },
  };
}

function newAddress(
  packet: Packet,
  { manip, address, netmapLength }: Rewrite,
  own: string | undefined,
): string | undefined {
  const old = manip === 'source' ? packet.source : packet.destination;
  if (address === undefined) return old;
  if (address === 'own') return own;
  if (address === 'unknown') return undefined;
  if (netmapLength !== undefined) return replacePrefix(old, address.first, netmapLength);
  return address.first === address.last ? address.first : undefined;
}

/** A free port of the range; the old one where it is in it, or where no range is given. */
function newPort({ port }: Rewrite, old: Packet['sourcePort']): Packet['sourcePort'] {
  if (port === undefined) return old;
  if (port === 'unknown') return 'ephemeral';
  if (port.first === port.last) return port.first;
  return typeof old === 'number' && port.first <= old && old <= port.last ? old : 'ephemeral';
}
