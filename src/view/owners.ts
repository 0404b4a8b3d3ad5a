/** Who owns an address or a MAC, among everything that was read: the link at the other end of a route or neighbour. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';

export type Owner = { readonly namespace: Namespace; readonly link: Link };

/** The link with this address; with a MAC, only a link that has both. Loopback addresses belong to everybody. */
export function findOwner(snapshot: Snapshot, address: string, mac?: string): Owner | undefined {
  for (const namespace of snapshot.namespaces) {
    for (const link of namespace.links ?? []) {
      if (link.kind === 'loopback' || (mac !== undefined && link.mac !== mac)) continue;
      if (link.addresses.some((cidr) => cidr.slice(0, cidr.indexOf('/')) === address))
        return { namespace, link };
    }
  }
  return undefined;
}

/** `web/eth0`. */
export function formatOwner(owner: Owner | undefined): string {
  return owner === undefined ? '' : `${owner.namespace.name}/${owner.link.name}`;
}
