/** One look at everything in an inventory: open, read, resolve, close. */
import type { Section } from '../model/facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import { type ContainerPlaces, locateContainers } from './container-places.ts';
import type { Inventory } from './inventory.ts';
import { askNsids } from './nsid-oracle.ts';
import { openNamespaces } from './open-namespaces.ts';
import type { Place } from './place.ts';
import { readNamespace } from './read-namespace.ts';
import { type FoundNamespace, resolveNamespaces } from './resolve.ts';

export type ScanRequest = {
  readonly sections: readonly Section[];
  /** Link counters too. */
  readonly stats?: boolean;
};

const NO_CONTAINERS: ContainerPlaces = { places: [], stopped: [], gaps: [] };

/** Reads every namespace of the inventory. Failures become gaps in the snapshot; it throws only on mistakes of our own. */
export async function scan(system: System, inventory: Inventory, request: ScanRequest): Promise<Snapshot> {
  const takenAt = system.clock.now().toISOString();
  const { engine } = inventory;
  const located = engine
    ? await locateContainers(system.openEngine(engine.endpoint), inventory.containers)
    : NO_CONTAINERS;
  const opened = openNamespaces(system, [
    ...inventory.places,
    ...located.places,
    ...processPlaces(inventory),
  ]);
  try {
    const gaps = [...inventory.gaps, ...located.gaps, ...opened.gaps];
    const found: FoundNamespace[] = [];
    const wanted = { sections: new Set(request.sections), stats: request.stats ?? false };
    for (const open of opened.namespaces) {
      const reading = await readNamespace(system, open, wanted);
      gaps.push(...reading.gaps);
      const pids = inventory.pidsByInode.get(open.id) ?? knownPids(open.places);
      found.push({ id: open.id, places: open.places, pids, facts: reading.facts });
    }
    return {
      takenAt,
      hostname: system.host.hostname,
      engine,
      namespaces: resolveNamespaces(found, inventory.networks, askNsids(opened.namespaces)),
      stoppedContainers: [...located.stopped, ...opened.unreached],
      networks: inventory.networks,
      gaps,
    };
  } finally {
    opened.close();
  }
}

/** A place for each namespace that has processes; where a container or a name leads there too, that one names it. */
function processPlaces({ pidsByInode }: Inventory): readonly Place[] {
  return [...pidsByInode].flatMap(([inode, [first]]): readonly Place[] =>
    first === undefined
      ? []
      : [{ path: `/proc/${first}/ns/net`, kind: 'process', name: `pid:${first}`, inode }],
  );
}

function knownPids(places: readonly Place[]): readonly number[] {
  return places.flatMap(({ container }) => (container ? [container.pid] : []));
}
