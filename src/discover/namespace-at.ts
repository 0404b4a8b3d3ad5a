import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Where } from './change.ts';

/** The namespace that an event came from; undefined where it is not known. */
export function namespaceAt({ namespaces }: Snapshot, where: Where | undefined): string | undefined {
  const own = namespaces.find(({ kind }) => kind === 'host')?.id;
  if (where === undefined || where === 'own') return where && own;
  const isThere = ({ nsids }: Namespace) =>
    nsids?.some(({ namespace, nsid }) => namespace === own && nsid === where.nsid) ?? false;
  return namespaces.find(isThere)?.id;
}
