/**
 * From the next hop's address to the MAC that the frame is sent to: the neighbour table first, and what asking on the
 * segment would find (ARP, RFC 826; NDP, RFC 4861; neigh_resolve_output in net/core/neighbour.c).
 */
import { isValidNeighbour, type Neighbour } from '../../model/neighbour.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { Answer } from './answer-arp.ts';
import { arpObstacles } from './arp-obstacles.ts';
import type { Fault, Place } from './fault.ts';
import { findOwners, type Owners } from './find-owner.ts';
import { reportIsolated } from './macvlan-isolated.ts';
import { passNdp } from './ndp-filters.ts';
import { trustEntry } from './neighbour-entry.ts';
import { hopAt, joinSaid, NOTHING, nameOf, type Said, say } from './say.ts';
import type { World } from './state.ts';
import { traceAnswer } from './way-back.ts';
import { addressedByHand, hasNoMac, withoutAsking } from './without-asking.ts';

/** `mac` absent: the frame needs none, or it is not known. `ends`: there is nobody to whom it could go on. */
export type Resolved = Said & {
  readonly mac?: string;
  readonly ends?: 'lost' | 'unknown';
  /** Who should have got it, where no wire leads there. */
  readonly straightTo?: Place;
};

export type Asked = { readonly place: Place; readonly packet: Packet; readonly nextHop: string };

export function resolveNeighbour(world: World, asked: Asked): Resolved {
  const { place, packet, nextHop } = asked;
  const { namespace, link } = place;
  if (hasNoMac(link)) return NOTHING;
  const entry = namespace.neighbours?.find(
    ({ ifindex, address, flags }) =>
      ifindex === link.ifindex && address === nextHop && !flags.includes('proxy'),
  );
  const alone = withoutAsking(world, asked, entry);
  if (alone) return alone;
  const owners = findOwners(world, place, packet, nextHop);
  const unread = namespace.neighbours ? NOTHING : unreadTable(world, place);
  const heard = hearsAnswers(world, place, entry);
  const found =
    entry && isValidNeighbour(entry)
      ? trustEntry(world, asked, entry, owners)
      : ask(world, asked, entry, owners);
  return { ...found, ...joinSaid(unread, heard, found) };
}

function unreadTable(world: World, place: Place): Said {
  world.wanted.add(place.namespace.id);
  const detail = `the neighbour table of ${place.namespace.name} was not read: an entry in it may say otherwise`;
  return say(place, 'neighbour', 'unknown', detail);
}

/** What a port receives goes to its bridge, an answer to its questions as well. */
function hearsAnswers({ direction }: World, place: Place, entry: Neighbour | undefined): Said {
  const { namespace, link } = place;
  const inBridge =
    link.master &&
    namespace.links?.some(({ ifindex, kind }) => ifindex === link.master?.ifindex && kind === 'bridge');
  if (!inBridge || (entry && addressedByHand(entry))) return NOTHING;
  const detail = `${link.name} is a port of ${link.master.name}: an answer to its questions goes to ${link.master.name}, and ${link.name} never hears it`;
  return {
    hops: [hopAt(place, 'neighbour', 'drop', detail)],
    faults: [{ kind: 'address-on-port', namespace, link, direction }],
  };
}

/** What is learned when nothing, or nothing of use, is known yet. */
function ask(world: World, asked: Asked, entry: Neighbour | undefined, owners: Owners): Resolved {
  const { place, nextHop } = asked;
  const { answering, unknown } = owners;
  const macs = [...new Set(answering.map(({ place: { link } }) => link.mac))];
  const [first] = answering;
  if (!first) return nobodyAnswers(world, asked, entry, owners);
  if (macs.length > 1) {
    const named = answering.slice(0, MOST_NAMED).map((one) => `${nameOf(one.place)} (${one.place.link.mac})`);
    const detail = `${named.join(' and ')} both answer for ${nextHop}: which is heard first cannot be told`;
    return { ...say(place, 'neighbour', 'unknown', detail), ends: 'unknown' };
  }
  const { mac } = first.place.link;
  const failed = entry ? `; the neighbour table has it as ${entry.state} from an earlier try` : '';
  const doubts = [...unknown.map(({ why }) => why), ...arpObstacles(world, asked, first.place)];
  const detail = `${describe(first, nextHop)}${failed}${doubts.length > 0 ? `; but ${doubts.join('; ')}` : ''}`;
  const said = say(place, 'neighbour', doubts.length > 0 ? 'unknown' : 'pass', detail);
  const filtered = asked.packet.family === 'ipv6' ? passNdp(world, asked, first.place) : NOTHING;
  return { ...joinSaid(said, filtered, traceAnswer(world, asked, first.place)), mac };
}

/** Owners that are named where several answer. */
const MOST_NAMED = 3;

function describe({ place, holder, ...answer }: Answer, nextHop: string): string {
  if (answer.kind === 'answers' && answer.proxy)
    return `${nameOf(place)} answers for ${nextHop} as a proxy, with ${place.link.mac}`;
  const at = holder ? `, whose namespace has it on ${holder.link.name}` : '';
  return `${nextHop} is ${place.link.mac}, ${nameOf(place)}${at}`;
}

function nobodyAnswers(world: World, asked: Asked, entry: Neighbour | undefined, owners: Owners): Resolved {
  const { place, nextHop } = asked;
  const { namespace, link } = place;
  const { direction } = world;
  const { silent, unknown, ends } = owners;
  const isolated = reportIsolated(world, asked);
  if (isolated) return isolated;
  const [turned] = owners.turnedAway;
  if (turned)
    return { ...say(place, 'neighbour', 'pass', describe(turned, nextHop)), mac: turned.place.link.mac };
  const [quiet] = silent;
  if (quiet) return keepsSilent(world, asked, quiet, ends.length === 0 && unknown.length === 0);
  if (unknown.length > 0) {
    const detail = `who answers for ${nextHop} cannot be told: ${unknown.map(({ why }) => why).join('; ')}`;
    return { ...say(place, 'neighbour', 'unknown', detail), ends: 'unknown' };
  }
  const [end] = ends;
  if (end) {
    const failed = entry ? `; nobody had answered when it was last asked for (${entry.state})` : '';
    const sure = !entry && ends.some(({ how }) => how === 'left');
    const beyond = [...new Set(ends.map(nameOf))].slice(0, MOST_NAMED).join(', ');
    const detail = `nobody seen here has ${nextHop}: it is beyond ${beyond}${failed}`;
    return say(place, 'neighbour', sure ? 'pass' : 'unknown', detail);
  }
  const detail = `nobody on the network of ${link.name} has ${nextHop}, so that nobody answers`;
  return {
    hops: [hopAt(place, 'neighbour', 'drop', detail)],
    faults: [{ kind: 'unowned', namespace, link, address: nextHop, direction }],
    ends: 'lost',
  };
}

/** Somebody has the address and does not say so. */
function keepsSilent(
  { direction }: World,
  { place, nextHop }: Asked,
  { place: ear, holder, why }: Extract<Answer, { kind: 'silent' }>,
  isSure: boolean,
): Resolved {
  const owner = holder ?? ear;
  const detail = `${nameOf(owner)} has ${nextHop} and does not answer for it: ${why}`;
  const { mac } = ear.link;
  if (!isSure) return { ...say(place, 'neighbour', 'unknown', detail), mac };
  const onPort = holder?.link.master?.ifindex === ear.link.ifindex;
  const fault: Fault =
    onPort && holder
      ? { kind: 'address-on-port', namespace: holder.namespace, link: holder.link, direction }
      : { kind: 'neighbour-silent', namespace: place.namespace, link: place.link, owner, why, direction };
  return { hops: [hopAt(place, 'neighbour', 'drop', detail)], faults: [fault], mac };
}
