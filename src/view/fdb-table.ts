/** FDB entries as a table: behind which port a MAC is, and whose it is. */
import type { FdbEntry } from '../model/fdb.ts';
import { type FdbOwner, fdbOwners } from '../model/fdb-owner.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView } from './table.ts';

export function fdbTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const ownerOf = fdbOwners(snapshot);
  const linkName = (ifindex: number | undefined) =>
    ifindex === undefined ? '' : (findLink(namespace, ifindex)?.name ?? `if${ifindex}`);
  return {
    columns: [
      { title: 'mac' },
      { title: 'link', shrink: 6, cut: 'middle' },
      { title: 'bridge', shrink: 6, cut: 'middle', drop: 4, optional: true },
      { title: 'owner', shrink: 10, optional: true },
      { title: 'vlan', align: 'right', drop: 3, optional: true },
      { title: 'destination', shrink: 12, optional: true },
      { title: 'state', drop: 2 },
      { title: 'flags', drop: 1, optional: true },
    ],
    rows: (namespace.fdb ?? []).map((entry) => {
      const owner = ownerOf(namespace, entry);
      return {
        key: fdbKey(entry),
        cells: [
          entry.mac,
          linkName(entry.ifindex),
          linkName(entry.masterIfindex),
          formatFdbOwner(snapshot, owner),
          entry.vlan === undefined ? '' : String(entry.vlan),
          formatDestination(entry, linkName),
          entry.state,
          entry.flags.join(' '),
        ],
        tone: entry.state === 'permanent' ? 'dim' : owner.ownerUnknown === undefined ? 'normal' : 'warn',
      };
    }),
    empty: namespace.fdb === undefined ? formatNotRead(snapshot, namespace.id, 'fdb') : 'no FDB entries',
  };
}

export function fdbKey({ mac, ifindex, vlan, destination = '', flags }: FdbEntry): string {
  return [mac, ifindex, vlan ?? '', destination, flags].join(' ');
}

/** An entry with its owner, as the JSON of `show` tells it. */
export function fdbJson(snapshot: Snapshot, namespace: Namespace): readonly object[] | undefined {
  const ownerOf = fdbOwners(snapshot);
  return namespace.fdb?.map((entry) => ({ ...entry, ...ownerOf(namespace, entry) }));
}

function formatFdbOwner(snapshot: Snapshot, { owner, ownerUnknown }: FdbOwner): string {
  if (owner === null) return ownerUnknown === undefined ? '' : `? ${ownerUnknown}`;
  return `${findNamespace(snapshot, owner.namespace)?.name ?? `inode:${owner.namespace}`}/${owner.name}`;
}

function formatDestination(entry: FdbEntry, linkName: (ifindex: number | undefined) => string): string {
  const parts = [
    entry.destination ?? '',
    entry.nexthopId === undefined ? '' : `nexthop ${entry.nexthopId}`,
    entry.port === undefined ? '' : `port ${entry.port}`,
    entry.vni === undefined ? '' : `vni ${entry.vni}`,
    entry.viaIfindex === undefined ? '' : `via ${linkName(entry.viaIfindex)}`,
  ];
  return parts.filter(Boolean).join(' ');
}
