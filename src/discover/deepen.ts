/** Reads the tables that following a packet needs, in the namespaces it may pass: its own and the host's. */
import type { Section } from '../model/facts.ts';
import { joinGaps } from '../model/gap.ts';
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
/** Of every other namespace: whether it knows a way back. Rules cost a process each, so they are not read there. */
const BESIDE_SECTIONS: readonly Section[] = ['routes'];

/** The snapshot with what the path of a packet from this namespace needs; gaps say what is missing. */
export async function deepenForPath(
  system: System,
  snapshot: Snapshot,
  namespace: Namespace,
): Promise<Snapshot> {
  const read = await Promise.all(
    snapshot.namespaces.map((one) => {
      const onPath = one.id === namespace.id || one.kind === 'host';
      return refreshNamespace(system, one, onPath ? PATH_SECTIONS : BESIDE_SECTIONS);
    }),
  );
  return {
    ...snapshot,
    namespaces: read.map((reading) => reading.namespace),
    gaps: joinGaps(
      snapshot.gaps,
      read.flatMap(({ gaps }) => gaps),
    ),
  };
}
