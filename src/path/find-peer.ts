/** The other end of a pair, as links name it once they are resolved. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';

/** The other end of a link, where the snapshot holds it. */
export function findPeer(
  snapshot: Snapshot,
  link: Link,
): { readonly namespace: Namespace; readonly link: Link } | undefined {
  const namespace = link.peer ? findNamespace(snapshot, link.peer.namespace) : undefined;
  const peer = findLink(namespace, link.peer?.ifindex);
  return namespace && peer ? { namespace, link: peer } : undefined;
}
