/**
 * By which port a bridge sends a frame on: the FDB knows, else it goes to all ports and arrives where somebody has the MAC
 * (br_handle_frame_finish, br_dev_xmit, br_forward and br_flood in net/bridge).
 */
import type { FdbEntry } from '../../model/fdb.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { isValidNeighbour } from '../../model/neighbour.ts';
import { findLink } from '../../model/snapshot.ts';
import { optionsOf } from './bridge-port.ts';
import type { Fault, Place } from './fault.ts';
import { hopAt, NOTHING, nameOf, type Said, say } from './say.ts';
import { type OpenEnd, segmentBehindPort } from './segment.ts';
import type { World } from './state.ts';
import { portsOf } from './wire.ts';

export type Switching = {
  readonly namespace: Namespace;
  readonly bridge: Link;
  /** Absent: the namespace itself sends. */
  readonly inPort?: Link;
  /** Absent: nobody knows whom the frame is for. */
  readonly mac?: string;
  readonly sourceMac?: string;
  /** Where the bridge filters VLANs: the one that the frame is in. */
  readonly vlan?: number;
};

/** `port` absent: it ends here. */
export type Choice = Said & { readonly port?: Link; readonly ends?: 'lost' | 'unknown' };

/** A port behind which somebody has the MAC, or nobody can see. */
type Behind = { readonly port: Link; readonly owners: readonly Place[]; readonly ends: readonly OpenEnd[] };

export function choosePort(world: World, switching: Switching): Choice {
  const { namespace, bridge, mac } = switching;
  const place = { namespace, link: bridge };
  const behind = lookBehind(world, switching);
  const entry = findEntry(switching);
  const unread = namespace.fdb ? NOTHING : unreadFdb(world, place);
  const found =
    entry && mac !== undefined ? byEntry(world, switching, entry, behind) : flood(switching, behind);
  return { ...found, hops: [...unread.hops, ...found.hops] };
}

/** The bridge's entry for a MAC; undefined where there is none, or where the FDB was not read. */
export function findEntry({ namespace, bridge, mac, vlan }: Switching): FdbEntry | undefined {
  return namespace.fdb?.find(
    (entry) => entry.mac === mac && entry.masterIfindex === bridge.ifindex && entry.vlan === vlan,
  );
}

/** `bridge fdb add` without more makes such an entry too: frames for its MAC are taken for the bridge's own (BR_FDB_LOCAL). */
export function isLocal({ state }: FdbEntry): boolean {
  return state === 'permanent';
}

function unreadFdb(world: World, place: Place): Said {
  world.wanted.add(place.namespace.id);
  return say(
    place,
    'bridge',
    'unknown',
    `the FDB of ${place.link.name} was not read: it may send the frame elsewhere`,
  );
}

function lookBehind({ snapshot }: World, { namespace, bridge, mac }: Switching): readonly Behind[] {
  return portsOf(namespace, bridge).map((port): Behind => {
    const { ears, ends } = segmentBehindPort(snapshot, { namespace, link: port }, bridge);
    return { port, owners: ears.filter(({ link }) => mac !== undefined && link.mac === mac), ends };
  });
}

function byEntry(
  { direction, snapshot }: World,
  { namespace, bridge, mac, sourceMac, inPort }: Switching,
  entry: FdbEntry,
  behind: readonly Behind[],
): Choice {
  const place = { namespace, link: bridge };
  const port = findLink(namespace, entry.ifindex);
  const there = behind.find((one) => one.port.ifindex === entry.ifindex);
  const isRight =
    there !== undefined && !isLocal(entry) && (there.owners.length > 0 || there.ends.length > 0);
  const rightful = behind.find(({ owners }) => owners.length > 0);
  const [owner] = rightful?.owners ?? [];
  if (port && there && (isRight || (!rightful && !isLocal(entry))))
    return { ...say(place, 'bridge', 'pass', `${bridge.name} has ${mac} behind ${port.name}`), port };
  const wrongly = isLocal(entry)
    ? `the FDB of ${bridge.name} has ${mac} as its own`
    : `the FDB of ${bridge.name} has ${mac} behind ${port?.name ?? `ifindex ${entry.ifindex}`}`;
  if (!rightful || !owner)
    return { ...say(place, 'bridge', 'drop', `${wrongly}, and takes the frame for itself`), ends: 'lost' };
  const isBack = rightful.port.ifindex === inPort?.ifindex;
  // An entry follows the owner as soon as it is heard, also one that somebody wrote (br_fdb_update).
  const stays = isLocal(entry) || entry.flags.includes('sticky') || !learns(rightful.port);
  const detail = `${wrongly}, but its owner ${nameOf(owner)} is behind ${rightful.port.name}`;
  if (!stays && !isBack && mac !== undefined && !isKnown(snapshot, sourceMac, mac))
    return {
      ...say(
        place,
        'bridge',
        'pass',
        `${detail}: the bridge learns it when the owner answers the question for it`,
      ),
      port: rightful.port,
    };
  const fault: Fault = { kind: 'fdb-wrong', namespace, bridge, entry, owner, direction };
  return {
    hops: [hopAt(place, 'bridge', 'drop', stays ? detail : `${detail}, until it is heard there`)],
    faults: [fault],
    ...(isBack ? { ends: 'lost' } : { port: rightful.port }),
  };
}

/** Whether a bridge without an entry for the MAC has one when the frame comes: the owner has just answered the question for it. */
export function learnsInTime({ snapshot }: World, { mac, sourceMac }: Switching, port: Link): boolean {
  return mac !== undefined && learns(port) && !isKnown(snapshot, sourceMac, mac);
}

function learns(port: Link): boolean {
  return optionsOf(port).learning !== false;
}

/** Whether the sender has the MAC in its neighbour table, so that it does not ask for it now. */
function isKnown({ namespaces }: World['snapshot'], sourceMac: string | undefined, mac: string): boolean {
  return namespaces.some(({ links = [], neighbours = [] }) => {
    const own = new Set(links.filter((link) => link.mac === sourceMac).map(({ ifindex }) => ifindex));
    return neighbours.some((entry) => entry.mac === mac && own.has(entry.ifindex) && isValidNeighbour(entry));
  });
}

function flood({ namespace, bridge, mac, inPort }: Switching, behind: readonly Behind[]): Choice {
  const place = { namespace, link: bridge };
  const owned = behind.filter(({ owners }) => owners.length > 0);
  const elsewhere = owned.filter(({ port }) => port.ifindex !== inPort?.ifindex);
  const [first, second] = elsewhere;
  if (first && second) {
    const names = elsewhere.flatMap(({ owners }) => owners.map(nameOf)).slice(0, MOST_NAMED);
    const detail = `${names.join(' and ')} both have ${mac}: who gets the frame depends on who sent last`;
    return { ...say(place, 'bridge', 'unknown', detail), ends: 'unknown' };
  }
  const only = first ?? owned[0];
  if (only)
    return {
      ...say(place, 'bridge', 'pass', `${bridge.name} sends on by ${only.port.name}`),
      port: only.port,
    };
  const open = behind.filter(({ port, ends }) => port.ifindex !== inPort?.ifindex && ends.length > 0);
  const [way, other] = open;
  if (way && !other)
    return { ...say(place, 'bridge', 'pass', `${bridge.name} sends on by ${way.port.name}`), port: way.port };
  if (way) {
    const names = open.map(({ port }) => port.name).slice(0, MOST_NAMED);
    const detail = `${bridge.name} may send on by ${names.join(', ')}: where ${mac ?? 'the next hop'} is was not seen`;
    return { ...say(place, 'bridge', 'unknown', detail), ends: 'unknown' };
  }
  const detail = `nobody on ${bridge.name} has ${mac ?? 'the MAC that is asked for'}`;
  return { ...say(place, 'bridge', 'drop', detail), ends: 'lost' };
}

/** Ports or owners that are named where several come into question. */
const MOST_NAMED = 4;
