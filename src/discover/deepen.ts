/** Reads the tables that following a packet needs, in the namespaces it may pass: its own and the host's. */
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import { refreshNamespace } from './refresh.ts';

const PATH_SECTIONS: readonly Section[] = [
  'links',
  'addresses',
  'routes',
  'neighbours',
  'sysctls',
  'rulesets',
];

/** The snapshot with routes, neighbours, sysctls and rules of this namespace and of the host; gaps say what is missing. */
export async function deepenForPath(
  system: System,
  snapshot: Snapshot,
  namespace: Namespace,
): Promise<Snapshot> {
  const wanted = snapshot.namespaces.filter(({ id, kind }) => id === namespace.id || kind === 'host');
  const read = await Promise.all(wanted.map((one) => refreshNamespace(system, one, PATH_SECTIONS)));
  const fresh = new Map(read.map((reading) => [reading.namespace.id, reading.namespace]));
  return {
    ...snapshot,
    namespaces: snapshot.namespaces.map((one) => fresh.get(one.id) ?? one),
    gaps: [...snapshot.gaps, ...read.flatMap(({ gaps }) => gaps)],
  };
}
