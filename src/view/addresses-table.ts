/** The addresses of one namespace, as `ip address` knows them. */

import type { Address } from '../model/address.ts';
import { compareText } from '../model/compare-text.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView } from './table.ts';

/** One row per address, IPv4 first within each link. */
export function addressesTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const addresses = [...(namespace.addresses ?? [])].sort(
    (a, b) => a.ifindex - b.ifindex || compareText(a.family, b.family),
  );
  return {
    columns: [
      { title: 'link', shrink: 8, cut: 'middle' },
      { title: 'address', shrink: 18 },
      { title: 'scope' },
      { title: 'flags', shrink: 8, drop: 1, optional: true },
    ],
    rows: addresses.map((address) => ({
      key: `${address.ifindex} ${address.address}`,
      cells: [
        findLink(namespace, address.ifindex)?.name ?? `ifindex ${address.ifindex}`,
        formatAddress(address),
        address.scope,
        address.flags.filter((flag) => flag !== 'permanent').join(' '),
      ],
      tone: address.flags.includes('dadfailed') ? 'bad' : 'normal',
    })),
    empty:
      namespace.addresses === undefined ? formatNotRead(snapshot, namespace.id, 'addresses') : 'no addresses',
  };
}

function formatAddress({ address, prefixLength, pointToPoint }: Address): string {
  return pointToPoint === undefined
    ? `${address}/${prefixLength}`
    : `${address} peer ${pointToPoint}/${prefixLength}`;
}
