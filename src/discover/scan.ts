/** One look at everything in an inventory: open, read, resolve, close. */
import { type AskProgram, programAsker } from '../../probes/bpf/ask.ts';
import { searchHeldNamespaces } from '../../probes/held-namespaces.ts';
import { readHolders, type SocketHolders } from '../../probes/sockets/holders.ts';
import type { Container } from '../model/container.ts';
import type { Section } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import { askAgain, type SecondAnswer } from './ask-again.ts';
import { type ContainerPlaces, locateContainers } from './container-places.ts';
import { foldForeignEngine } from './foreign-engine.ts';
import { type Inventory, processPlaces } from './inventory.ts';
import { type KnownNsids, nsidOracle } from './nsid-oracle.ts';
import { type Opened, openNamespaces } from './open-namespaces.ts';
import type { Place } from './place.ts';
import { readNamespace } from './read-namespace.ts';
import { type FoundNamespace, nameNamespace, resolveNamespaces } from './resolve.ts';

export type ScanRequest = {
  readonly sections: readonly Section[];
  /** Link counters too. */
  readonly stats?: boolean;
  /** Where a veth's peer is not found, look for namespaces that only a descriptor or a foreign mount keeps. */
  readonly searchHidden?: boolean;
};

const NOTHING_NEW: SecondAnswer = { changed: new Set(), places: [], ended: [] };
const NO_CONTAINERS: ContainerPlaces = { places: [], stopped: [], gaps: [] };

/** A snapshot with what it was resolved from, so that one namespace can be read again without the others. */
export type Scan = {
  readonly snapshot: Snapshot;
  readonly found: readonly FoundNamespace[];
  readonly nsids: KnownNsids;
};

/** The snapshot alone. */
export async function scan(system: System, inventory: Inventory, request: ScanRequest): Promise<Snapshot> {
  return (await scanWhole(system, inventory, request)).snapshot;
}

/** Reads every namespace of the inventory. Failures become gaps in the snapshot; it throws only on mistakes of our own. */
export async function scanWhole(system: System, inventory: Inventory, request: ScanRequest): Promise<Scan> {
  const takenAt = system.clock.now().toISOString();
  const { engine } = inventory;
  const client = engine && system.openEngine(engine.endpoint);
  const located = client ? await locateContainers(client, inventory.containers) : NO_CONTAINERS;
  const batches: Batch[] = [];
  const askProgram = programAsker(system.programs);
  const readMore = async (places: readonly Place[]) => {
    const batch: Batch = { ...openNamespaces(system, places), found: [], readGaps: [] };
    batches.push(batch);
    await readBatch(system, inventory, request, batch, askProgram);
    const open = new Map(batches.flatMap(({ namespaces }) => namespaces.map((one) => [one.id, one])));
    const found = batches.flatMap((each) => each.found);
    const oracle = nsidOracle((id) => open.get(id));
    return {
      found,
      namespaces: resolveNamespaces(found, inventory.networks, oracle.nsidOf),
      nsids: oracle.known(),
    };
  };
  try {
    let read = await readMore([...inventory.places, ...located.places, ...processPlaces(inventory)]);
    const doubted = batches.flatMap(({ strangers }) => strangers);
    const again = client && doubted.length > 0 ? await askAgain(client, doubted) : NOTHING_NEW;
    if (again.places.length > 0) read = await readMore(again.places);
    if (request.searchHidden && hasUnknownPeers(read.namespaces)) {
      const hidden = hiddenPlaces(system, read.namespaces);
      if (hidden.length > 0) read = await readMore(hidden);
    }
    const isDoubted = (container: Container) => !again.changed.has(container);
    const excused = new Set([...again.changed].map(({ name }) => `container ${name}`));
    const snapshot: Snapshot = {
      takenAt,
      hostname: system.host.hostname,
      engine,
      namespaces: read.namespaces,
      stoppedContainers: [
        ...located.stopped,
        ...again.ended,
        ...batches.flatMap(({ unreached }) => unreached.filter(isDoubted)),
      ],
      networks: inventory.networks,
      gaps: [
        ...inventory.gaps,
        ...located.gaps,
        ...foldForeignEngine(
          engine,
          located.places.length - again.changed.size,
          doubted.filter(isDoubted),
          batches
            .flatMap(({ gaps, readGaps }) => [...gaps, ...readGaps])
            .filter(({ probe }) => !excused.has(probe)),
        ),
      ],
    };
    return { snapshot, found: read.found, nsids: read.nsids };
  } finally {
    for (const { close } of batches) close();
  }
}

/** Namespaces that were opened together, and what was read in them. */
type Batch = Opened & { readonly found: FoundNamespace[]; readonly readGaps: Gap[] };

async function readBatch(
  system: System,
  inventory: Inventory,
  request: ScanRequest,
  batch: Batch,
  askProgram: AskProgram,
): Promise<void> {
  let known: SocketHolders | undefined;
  const holders = () => {
    known ??= readHolders(system.files);
    return known;
  };
  const wanted = {
    sections: new Set(request.sections),
    stats: request.stats ?? false,
    holders,
    askProgram,
  };
  for (const open of batch.namespaces) {
    const pids = inventory.pidsByInode.get(open.id) ?? knownPids(open.places);
    const found = { id: open.id, places: open.places, pids };
    const { facts, gaps } = await readNamespace(system, open, nameNamespace(found), wanted);
    batch.readGaps.push(...gaps);
    batch.found.push({ ...found, facts });
  }
}

function hasUnknownPeers(namespaces: readonly Namespace[]): boolean {
  return namespaces.some(({ links }) =>
    links?.some(({ peerUnknown, parentUnknown }) => (peerUnknown ?? parentUnknown) !== undefined),
  );
}

function hiddenPlaces({ files }: System, namespaces: readonly Namespace[]): readonly Place[] {
  return searchHeldNamespaces(files, new Set(namespaces.map(({ id }) => id))).map(({ inode, path }) => ({
    path,
    kind: 'hidden',
    name: `inode:${inode}`,
    inode,
  }));
}

function knownPids(places: readonly Place[]): readonly number[] {
  return places.flatMap(({ container }) => (container ? [container.pid] : []));
}
