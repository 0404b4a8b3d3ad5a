/**
 * Reads as the packet goes: only the namespaces on a packet's way need their routes, rules and sockets, and which those
 * are is known once it has been walked that far.
 */
import type { Section } from '../model/facts.ts';
import { joinGaps } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import { refreshNamespace } from './refresh.ts';

const PATH_SECTIONS: readonly Section[] = [
  'links',
  'addresses',
  'routes',
  'policyRules',
  'neighbours',
  'fdb',
  'trafficControl',
  'sysctls',
  'rulesets',
  'sockets',
];

/** Namespaces that are read for one packet; a way that needs more is not followed to its end. */
const MOST_NAMESPACES = 32;

/** Walks, reads what the walk wanted, and walks again until nothing more is wanted. Returns the last walk and the snapshot it was on. */
export async function walkReading<Walked extends { readonly wanted: readonly string[] }>(
  system: System,
  snapshot: Snapshot,
  walk: (snapshot: Snapshot) => Walked,
): Promise<{ readonly snapshot: Snapshot; readonly walked: Walked }> {
  const read = new Set<string>();
  let current = snapshot;
  for (;;) {
    const walked = walk(current);
    const missing = walked.wanted.filter((id) => !read.has(id));
    if (missing.length === 0 || read.size >= MOST_NAMESPACES) return { snapshot: current, walked };
    for (const id of missing) read.add(id);
    current = await readMore(system, current, missing);
  }
}

async function readMore(system: System, snapshot: Snapshot, ids: readonly string[]): Promise<Snapshot> {
  const chosen = snapshot.namespaces.filter(({ id }) => ids.includes(id));
  const read = await Promise.all(
    chosen.map((namespace) => refreshNamespace(system, namespace, PATH_SECTIONS)),
  );
  const byId = new Map(read.map(({ namespace }) => [namespace.id, namespace]));
  return {
    ...snapshot,
    namespaces: snapshot.namespaces.map((namespace) => byId.get(namespace.id) ?? namespace),
    gaps: joinGaps(
      snapshot.gaps,
      read.flatMap(({ gaps }) => gaps),
    ),
  };
}
