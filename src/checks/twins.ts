/** Links on one bridge that have the same address, or the same MAC: which of them is heard depends on the moment. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CheckContext } from './check.ts';
import { hostOf } from './unowned.ts';

export type Member = { readonly namespace: Namespace; readonly link: Link };
export type Twins = { readonly bridge: string; readonly members: readonly Member[]; readonly shared: string };

/** The first bridge on which an end of the flow shares what `keyOf` gives. */
export function findTwins(context: CheckContext, kind: 'address' | 'mac'): Twins | undefined {
  const ends = endsOf(context);
  for (const [bridge, members] of bridges(context.snapshot))
    for (const { link } of members) {
      const own = link.addresses.map((cidr) => cidr.split('/')[0] ?? '');
      const end = own.find((address) => ends.has(address));
      if (end === undefined) continue;
      const has = (one: Link) =>
        kind === 'mac' ? one.mac === link.mac : one.addresses.some((cidr) => cidr.startsWith(`${end}/`));
      const twins = members.filter((one) => has(one.link));
      const isTwice = new Set(twins.map(({ namespace }) => namespace.id)).size > 1;
      if (isTwice) return { bridge, members: twins, shared: kind === 'mac' ? link.mac : end };
    }
  return undefined;
}

/** Addresses of both ends, before and behind translations. */
function endsOf({ flow, walk }: CheckContext): ReadonlySet<string> {
  const written = [...walk.hops, ...walk.reply].flatMap(({ rewrites }) => [
    hostOf(rewrites?.destination ?? ''),
    hostOf(rewrites?.source ?? ''),
  ]);
  return new Set([flow.source, flow.destination, ...written].filter((address) => address !== ''));
}

const known = new WeakMap<Snapshot, ReadonlyMap<string, readonly Member[]>>();

/** Who is behind the ports of each bridge; gathered once for a snapshot. */
function bridges(snapshot: Snapshot): ReadonlyMap<string, readonly Member[]> {
  const before = known.get(snapshot);
  if (before) return before;
  const found = new Map<string, Member[]>();
  for (const namespace of snapshot.namespaces)
    for (const link of namespace.links ?? []) {
      const host = snapshot.namespaces.find(({ id }) => id === link.peer?.namespace);
      const port = host?.links?.find(({ ifindex }) => ifindex === link.peer?.ifindex);
      if (!host || !port?.master || !link.adminUp || link.addresses.length === 0) continue;
      const key = `${host.id} ${port.master.ifindex}`;
      found.set(key, [...(found.get(key) ?? []), { namespace, link }]);
    }
  const named = new Map<string, readonly Member[]>();
  for (const [key, members] of found) named.set(key, members);
  known.set(snapshot, named);
  return named;
}
