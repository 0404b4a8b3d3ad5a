/** Who has an address, for sentences: a container's name beside its address, where exactly one namespace has it. */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';

export type Names = {
  /** `web 172.17.0.2`, or the address alone. */
  readonly withName: (address: string) => string;
  /** How the namespace that is shown calls itself: `this host`. */
  readonly here: string;
  readonly isOwn: (address: string) => boolean;
};

/** Gathers the owners of all addresses once. */
export function namesOf(snapshot: Snapshot, shown: Namespace): Names {
  const owners = new Map<string, string | undefined>();
  const add = (cidr: string, name: string) => {
    const address = cidr.split('/')[0] ?? '';
    const before = owners.get(address);
    owners.set(address, owners.has(address) && before !== name ? undefined : name);
  };
  const own = new Set<string>();
  for (const namespace of snapshot.namespaces)
    for (const link of namespace.links ?? []) {
      if (namespace.id === shown.id) for (const cidr of link.addresses) own.add(cidr.split('/')[0] ?? '');
      else if (link.kind !== 'loopback') for (const cidr of link.addresses) add(cidr, namespace.name);
    }
  return {
    withName: (address) => {
      const name = own.has(address) ? undefined : owners.get(address);
      return name === undefined ? address : `${name} ${address}`;
    },
    here: shown.kind === 'host' ? 'this host' : 'this namespace',
    isOwn: (address) => own.has(address),
  };
}
