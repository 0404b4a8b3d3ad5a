/** Reads only the namespaces that changed, and resolves everything anew: the wiring of one end is told by the other. */
import type { NamespaceFacts } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { System } from '../system/system.ts';
import { nsidOracle } from './nsid-oracle.ts';
import { type Opened, type OpenNamespace, openNamespaces } from './open-namespaces.ts';
import { readNamespace } from './read-namespace.ts';
import { refreshNamespace } from './refresh.ts';
import { type FoundNamespace, nameNamespace, resolveNamespaces } from './resolve.ts';
import type { Scan, ScanRequest } from './scan.ts';

/** The next scan; undefined where one of them is gone or new, so that everything has to be looked at. */
export async function scanAgain(
  system: System,
  before: Scan,
  changed: ReadonlySet<string>,
  request: ScanRequest,
): Promise<Scan | undefined> {
  const known = new Map(before.found.map((namespace) => [namespace.id, namespace]));
  const openings = new Map<string, Opened>();
  const open = (id: string) => openKnown(system, known.get(id), openings);
  const wanted = { sections: new Set(request.sections), stats: request.stats ?? false };
  const gaps = before.snapshot.gaps.filter(
    (gap) => gap.namespace === undefined || !changed.has(gap.namespace),
  );
  try {
    for (const id of changed) {
      const opened = open(id);
      const found = known.get(id);
      if (!opened || !found) return undefined;
      const reading = await readNamespace(system, opened, nameNamespace(found), wanted);
      gaps.push(...reading.gaps);
      known.set(id, { ...found, facts: reading.facts });
    }
    const found = [...known.values()];
    const oracle = nsidOracle(open, before.nsids);
    const namespaces = resolveNamespaces(found, before.snapshot.networks, oracle.nsidOf);
    const snapshot = { ...before.snapshot, takenAt: system.clock.now().toISOString(), namespaces, gaps };
    return { snapshot, found, nsids: oracle.known() };
  } finally {
    for (const opening of openings.values()) opening.close();
  }
}

/** Reads routes and neighbours of some namespaces again: no wiring can have changed, so nothing is resolved. */
export async function readTablesAgain(
  system: System,
  before: Scan,
  changed: ReadonlySet<string>,
): Promise<Scan> {
  const fresh = new Map<string, Namespace>();
  for (const namespace of before.snapshot.namespaces) {
    if (!changed.has(namespace.id)) continue;
    fresh.set(namespace.id, (await refreshNamespace(system, namespace, ['routes', 'neighbours'])).namespace);
  }
  const snapshot = {
    ...before.snapshot,
    takenAt: system.clock.now().toISOString(),
    namespaces: before.snapshot.namespaces.map((one) => fresh.get(one.id) ?? one),
  };
  const found = before.found.map((one) => ({
    ...one,
    facts: { ...one.facts, ...tablesOf(fresh.get(one.id)) },
  }));
  return { ...before, snapshot, found };
}

function tablesOf(namespace: Namespace | undefined): NamespaceFacts {
  const { routes, neighbours } = namespace ?? {};
  return { ...(routes ? { routes } : {}), ...(neighbours ? { neighbours } : {}) };
}

/** Opens a namespace once, by the first of its places that still leads to it. */
function openKnown(
  system: System,
  namespace: FoundNamespace | undefined,
  openings: Map<string, Opened>,
): OpenNamespace | undefined {
  if (!namespace) return undefined;
  const { id, places } = namespace;
  const opening = openings.get(id) ?? openNamespaces(system, places.slice(0, 1));
  openings.set(id, opening);
  return opening.namespaces.find((one) => one.id === id);
}
