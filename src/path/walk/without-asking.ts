/** Links on which nobody is asked for a MAC: those without MACs, and those with ARP off (IFF_NOARP, arp_constructor). */
import type { Link } from '../../model/link.ts';
import type { Neighbour } from '../../model/neighbour.ts';
import { familyOf } from '../prefix.ts';
import { findOwners } from './find-owner.ts';
import type { Asked, Resolved } from './neighbour.ts';
import { hopAt, nameOf, say } from './say.ts';
import type { World } from './state.ts';

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** Whether packets leave a link as they are: loopback, tun, wireguard, IP tunnels. */
export function hasNoMac({ kind, mac }: Link): boolean {
  return kind === 'loopback' || !MAC.test(mac);
}

/** An entry that nobody but a person or a program changes. */
export function addressedByHand({ mac, state }: Neighbour): boolean {
  return mac !== undefined && (state === 'PERMANENT' || state === 'NOARP');
}

/** What is to be said where nobody is asked; undefined where the neighbour has to be found. */
export function withoutAsking(
  world: World,
  asked: Asked,
  entry: Neighbour | undefined,
): Resolved | undefined {
  const { place, nextHop } = asked;
  if (place.link.noArp) return withArpOff(world, asked, entry);
  if (!isGroup(nextHop)) return undefined;
  return {
    ...say(place, 'neighbour', 'unknown', `${nextHop} is a group or broadcast address: not followed`),
    ends: 'unknown',
  };
}

/** Without an entry made by hand, the frame is addressed to the MAC of the very link that sends it. */
function withArpOff(world: World, { place, packet, nextHop }: Asked, entry: Neighbour | undefined): Resolved {
  const { namespace, link } = place;
  const off = `ARP is off on ${link.name}`;
  if (entry?.mac !== undefined && addressedByHand(entry) && entry.mac !== link.mac) {
    const detail = `${off}: the frame goes to ${entry.mac}, as the neighbour table says`;
    return { ...say(place, 'neighbour', 'pass', detail), mac: entry.mac };
  }
  const goes = `${off}: the frame goes to the MAC of ${link.name} itself, ${link.mac}`;
  const { answering } = findOwners(world, place, packet, nextHop);
  const [owner] = answering;
  if (!owner || answering.some((one) => one.place.link.mac === link.mac))
    return { ...say(place, 'neighbour', 'pass', goes), mac: link.mac };
  const detail = `${goes}, and ${nextHop} is ${owner.place.link.mac}, ${nameOf(owner.place)}`;
  const { direction } = world;
  return {
    hops: [hopAt(place, 'neighbour', 'drop', detail)],
    faults: [{ kind: 'neighbour-silent', namespace, link, owner: owner.place, why: off, direction }],
    mac: owner.place.link.mac,
  };
}

function isGroup(address: string): boolean {
  if (familyOf(address) === 'ipv6') return address.toLowerCase().startsWith('ff');
  return Number.parseInt(address, 10) >= 224;
}
