/**
 * Tables of which only a part was kept (see `bounded.ts` of the probes). What stands beyond the edge of one snapshot
 * may stand before that of the other, so such a table tells what changed, and of what only one of them holds nothing.
 */
import type { Difference } from '../../model/difference.ts';
import type { Section } from '../../model/facts.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ComparedRow } from './table.ts';

/** Those that may be cut: a gap beside one that was read says that it is not whole. */
const BOUNDED: readonly Section[] = ['links', 'addresses', 'routes', 'neighbours', 'fdb', 'trafficControl'];

/** The tables of one namespace that were cut at each of the two times. */
export type Edges = { readonly before: ReadonlySet<Section>; readonly after: ReadonlySet<Section> };

export function edgesOf(before: [Snapshot, Namespace], after: [Snapshot, Namespace]): Edges {
  return { before: cutTables(...before), after: cutTables(...after) };
}

function cutTables({ gaps }: Snapshot, namespace: Namespace): ReadonlySet<Section> {
  const cut = BOUNDED.filter(
    (table) =>
      namespace[table] && gaps.some(({ probe, namespace: id }) => probe === table && id === namespace.id),
  );
  // A row names its link, and one beyond the edge has no name here: it would look like another row.
  return new Set(cut.includes('links') ? BOUNDED : cut);
}

/** Whether the table is not whole at one of the two times. */
export function isCut({ before, after }: Edges, table: Section): boolean {
  return before.has(table) || after.has(table);
}

/** Whether a difference is one: what one side lacks is missing only where that side has all there is. */
export function isCertain({ before, after }: Edges, table: Section, { change }: Difference): boolean {
  if (change === 'changed') return true;
  return !(change === 'added' ? before : after).has(table);
}

/** Whether a row's links have their names: of a table of links that was cut, some have not. */
export function namesItsLinks(edges: Edges, { link, fields }: ComparedRow): boolean {
  if (!isCut(edges, 'links')) return true;
  return ![link, ...Object.values(fields)].some((value) => value && /(^|dev )ifindex \d/.test(value));
}
