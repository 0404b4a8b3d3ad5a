/** Where the town's router sends a packet: its routes are few and never change. */
import type { Packet } from '../../../src/path/netfilter/packet.ts';
import { DEFAULT_LINK, TOWN_LINKS, type TownLink } from './town.ts';

/** The link that a packet leaves by; `local` for the router's own addresses. */
export function routeOf({ family, destination }: Pick<Packet, 'family' | 'destination'>): TownLink | 'local' {
  if (isLocal(destination)) return 'local';
  return TOWN_LINKS.find(({ network }) => destination.startsWith(network[family])) ?? DEFAULT_LINK;
}

function isLocal(address: string): boolean {
  if (address === '::1' || address.startsWith('127.')) return true;
  return TOWN_LINKS.some(({ own }) => own.ipv4.includes(address) || own.ipv6.includes(address));
}
