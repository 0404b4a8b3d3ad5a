/**
 * A table of which only a part was read decides nothing: the route that a packet takes may be in the other part. So
 * the path sees it as not read, and says that it does not know.
 */
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Tables whose missing entries would change an answer; what else is cut only shows less. */
const DECIDING = ['links', 'addresses', 'routes', 'neighbours'] as const;

const known = new WeakMap<Snapshot, Snapshot>();

/** The snapshot without the tables of which a gap says that they are not whole; the same for every flow that is asked of it. */
export function withoutCutTables(snapshot: Snapshot): Snapshot {
  const before = known.get(snapshot);
  if (before) return before;
  const trusted = { ...snapshot, namespaces: snapshot.namespaces.map((one) => withoutCut(snapshot, one)) };
  known.set(snapshot, trusted);
  // What is trusted already has nothing more to leave out.
  known.set(trusted, trusted);
  return trusted;
}

function withoutCut({ gaps }: Snapshot, namespace: Namespace): Namespace {
  const cut = DECIDING.filter((table) =>
    gaps.some((gap) => gap.namespace === namespace.id && gap.probe === table),
  );
  if (cut.length === 0) return namespace;
  const whole: { -readonly [Key in keyof Namespace]: Namespace[Key] } = { ...namespace };
  for (const table of cut) delete whole[table];
  return whole;
}
