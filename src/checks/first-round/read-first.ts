/** What a first round needs before it is worth walking: the tables of everybody who might be on one of its ways. */
import type { Snapshot } from '../../model/snapshot.ts';

/** Ids of the host, the containers, and whoever is wired to somebody. */
export function readFirst({ namespaces }: Snapshot): { readonly wanted: readonly string[] } {
  const chosen = namespaces.filter(
    ({ kind, containers, links }) =>
      kind === 'host' || containers.length > 0 || links?.some((link) => link.kind !== 'loopback'),
  );
  return { wanted: chosen.map(({ id }) => id) };
}
