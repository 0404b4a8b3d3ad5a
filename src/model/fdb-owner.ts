/** Whose MAC an FDB entry is for, among all links that were read. Several links may have one MAC, so this never guesses. */
import type { FdbEntry } from './fdb.ts';
import type { Link, Peer } from './link.ts';
import type { Namespace } from './namespace.ts';
import { findLink, type Snapshot } from './snapshot.ts';

/** The owner; null where nobody can own the MAC, or where `ownerUnknown` says why it is not known. */
export type FdbOwner = { readonly owner: Peer | null; readonly ownerUnknown?: string };

type Holder = { readonly namespace: Namespace; readonly link: Link };

/** Answers for the entries of any namespace of the snapshot. */
export function fdbOwners(snapshot: Snapshot): (namespace: Namespace, entry: FdbEntry) => FdbOwner {
  const holders = snapshot.namespaces.flatMap((namespace) =>
    (namespace.links ?? [])
      .filter(({ kind, mac }) => kind !== 'loopback' && mac !== '')
      .map((link): Holder => ({ namespace, link })),
  );
  const byMac = Map.groupBy(holders, ({ link }) => link.mac);
  return (namespace, entry) => findOwner(namespace, entry, byMac.get(entry.mac) ?? []);
}

function findOwner(namespace: Namespace, entry: FdbEntry, holders: readonly Holder[]): FdbOwner {
  if (isNobodys(entry.mac)) return { owner: null };
  const isHere = (holder: Holder) => holder.namespace.id === namespace.id;
  const hereWith = (ifindex: number | undefined) =>
    holders.find((holder) => isHere(holder) && holder.link.ifindex === ifindex);
  // The bridge keeps its own MAC and those of its ports as permanent entries.
  const own =
    entry.state === 'permanent' ? (hereWith(entry.ifindex) ?? hereWith(entry.masterIfindex)) : undefined;
  if (own) return ownedBy(own);
  if (entry.destination !== undefined)
    return { owner: null, ownerUnknown: `on the machine ${entry.destination}` };
  const peer = findLink(namespace, entry.ifindex)?.peer;
  const beyond = peer ? holders.filter((holder) => holder.namespace.id === peer.namespace) : [];
  const end = beyond.find(({ link }) => link.ifindex === peer?.ifindex);
  if (end) return ownedBy(end);
  return oneOf(beyond.length > 0 ? beyond : holders);
}

function oneOf(holders: readonly Holder[]): FdbOwner {
  const [only, ...others] = holders;
  if (only === undefined) return { owner: null, ownerUnknown: 'no link that was read has this MAC' };
  if (others.length === 0) return ownedBy(only);
  const names = holders.map(({ namespace, link }) => `${namespace.name}/${link.name}`);
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), '…'] : names;
  return { owner: null, ownerUnknown: `${holders.length} links have this MAC: ${shown.join(', ')}` };
}

/** Links that are named where several have one MAC. */
const NAMED = 4;

function ownedBy({ namespace, link }: Holder): FdbOwner {
  return { owner: { namespace: namespace.id, ifindex: link.ifindex, name: link.name } };
}

/** Group addresses, which have the lowest bit of the first byte set (IEEE 802), and the vxlan's default, all zero. */
function isNobodys(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 || /^[0:]*$/.test(mac);
}
