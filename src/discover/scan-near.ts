/**
 * A scan of the few namespaces that some words name, and of the host only the links at their far ends: beside 400
 * namespaces a tenth of the work. It answers only what the scan of everything would answer; else there is no answer.
 */
import { NetlinkError } from '../../probes/netlink/socket.ts';
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import { OWN_NAMESPACE } from '../model/nsfs.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type System, SystemError } from '../system/system.ts';
import type { Inventory } from './inventory.ts';
import { findNearPlaces } from './near-places.ts';
import { nsidOracle } from './nsid-oracle.ts';
import { ForeignPid, type Opened, openNamespaces } from './open-namespaces.ts';
import type { Place } from './place.ts';
import { readFarEnds } from './read-far-ends.ts';
import { readNamespace } from './read-namespace.ts';
import { nameNamespace, resolveNamespaces } from './resolve.ts';

const HOST: Place = { path: OWN_NAMESPACE, kind: 'host', name: 'host' };

/**
 * The host and the namespaces that the words name, every pair in those confirmed from both ends. Undefined where a word
 * may mean something else, a far end is not on the host, or anything cannot be read: the scan of everything then says what.
 */
export async function scanNear(
  system: System,
  inventory: Inventory,
  words: readonly string[],
  sections: readonly Section[],
): Promise<Snapshot | undefined> {
  const takenAt = system.clock.now().toISOString();
  let opened: Opened | undefined;
  try {
    const places = await findNearPlaces(system, inventory, words);
    if (!places) return undefined;
    opened = openNamespaces(system, [HOST, ...places]);
    const namespaces = await readOpened(system, inventory, opened, sections);
    if (!namespaces?.every(isSettled)) return undefined;
    const { engine, networks, gaps } = inventory;
    const { hostname } = system.host;
    return { takenAt, hostname, engine, namespaces, stoppedContainers: [], networks, gaps };
  } catch (error) {
    const isExpected = [SystemError, NetlinkError, ForeignPid].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    return undefined;
  } finally {
    opened?.close();
  }
}

async function readOpened(
  system: System,
  { networks }: Inventory,
  { namespaces: [host, ...others], gaps }: Opened,
  sections: readonly Section[],
): Promise<readonly Namespace[] | undefined> {
  // A name or a container of the host's own namespace is a question about the host, and that is about everything.
  if (!host || others.length === 0 || host.places.length > 1 || gaps.length > 0) return undefined;
  const wanted = { sections: new Set(sections), stats: false };
  const found = [];
  for (const open of others) {
    const named = { id: open.id, places: open.places, pids: [] };
    const { facts, gaps: unread } = await readNamespace(system, open, nameNamespace(named), wanted);
    if (unread.length > 0) return undefined;
    found.push({ ...named, open, facts });
  }
  const links = readFarEnds(
    host,
    found.map(({ open, facts }) => ({ open, links: facts.links ?? [] })),
  );
  const byId = new Map([host, ...others].map((open) => [open.id, open]));
  const { nsidOf } = nsidOracle((id) => byId.get(id));
  const atHost = { id: host.id, places: host.places, pids: [], facts: { links } };
  return resolveNamespaces([atHost, ...found], networks, nsidOf);
}

/** Whether the far end of every pair was found, and nobody is in there of whom only a look at everything tells. */
function isSettled({ kind, links, containers }: Namespace): boolean {
  if (kind === 'host') return true;
  const isGuest = containers.some(
    ({ networkMode }) => networkMode === 'host' || networkMode.startsWith('container:'),
  );
  return !isGuest && (links ?? []).every(({ peerUnknown }) => peerUnknown === undefined);
}
