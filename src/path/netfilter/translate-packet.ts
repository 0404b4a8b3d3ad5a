/** The packet after a translation (nf_nat_manip_pkt): which address and port it carries from here on. */
import type { Ternary } from '../ternary.ts';
import { hasPorts, LOWEST_EPHEMERAL_PORT, possiblePorts } from './conditions/port.ts';
import type { Packet, Port } from './packet.ts';
import type { Rewrite } from './program.ts';
import { replacePrefix } from './replace-prefix.ts';

/** The translated packet; undefined where the kernel chooses, so that nobody can tell whom it is for or from. */
export function translatePacket(
  packet: Packet,
  rewrite: Rewrite,
  own: string | undefined,
): Packet | undefined {
  const address = newAddress(packet, rewrite, own);
  if (address === undefined) return undefined;
  return rewrite.manip === 'source'
    ? withSource(packet, rewrite, address)
    : withDestination(packet, rewrite, address);
}

function withSource(packet: Packet, rewrite: Rewrite, source: string): Packet {
  const { sourcePort: old, connection, ...rest } = packet;
  const port = newPort(rewrite, packet, old);
  return {
    ...rest,
    source,
    ...(port === undefined ? {} : { sourcePort: port }),
    connection: { ...connection, sourceTranslated: isChanged(source !== packet.source, old, port, packet) },
  };
}

/** To a port that is not known nobody can follow it. */
function withDestination(packet: Packet, rewrite: Rewrite, destination: string): Packet | undefined {
  const { destinationPort: old, connection, ...rest } = packet;
  const port = newPort(rewrite, packet, old);
  if (hasPorts(packet) && typeof port !== 'number' && port !== old) return undefined;
  return {
    ...rest,
    destination,
    ...(port === undefined ? {} : { destinationPort: port }),
    connection: {
      ...connection,
      destinationTranslated: isChanged(destination !== packet.destination, old, port, packet),
    },
  };
}

/** IPS_SRC_NAT or IPS_DST_NAT is set only where the tuple is another one afterwards (nf_nat_setup_info()). */
function isChanged(
  addressChanged: boolean,
  old: Port | undefined,
  port: Port | undefined,
  packet: Packet,
): Ternary {
  if (addressChanged) return 'yes';
  if (!hasPorts(packet) || (typeof old === 'number' && old === port)) return 'no';
  return typeof old === 'number' && typeof port === 'number' ? 'yes' : 'unknown';
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

function lowest(port: Port): number {
  return typeof port === 'number' ? port : possiblePorts(port).first;
}

/**
 * A free port of the range; the old one where it is in it, or where no range is given (nf_nat_l4proto_unique_tuple()).
 * Only sources are given other ports without a range, and privileged ones stay below 1024.
 */
function newPort({ manip, port, random }: Rewrite, packet: Packet, old: Port | undefined): Port | undefined {
  if (!hasPorts(packet)) return old;
  if (port === undefined) {
    if (!random || manip === 'destination') return old;
    return old === undefined || lowest(old) < LOWEST_EPHEMERAL_PORT ? undefined : 'ephemeral';
  }
  if (port === 'unknown') return undefined;
  if (port.first === port.last) return port.first;
  if (!random && typeof old === 'number' && port.first <= old && old <= port.last) return old;
  return port.first >= LOWEST_EPHEMERAL_PORT ? 'ephemeral' : undefined;
}
