/** Links as a table, and one link in full. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { packParts } from './cells.ts';
import { formatCount, formatRate, formatShortCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import { formatLinkFacts, listLinkFacts } from './link-facts.ts';
import type { TableView, Tone } from './table.ts';

/** What a link carries at the moment. */
export type LinkRate = {
  readonly rxBytesPerS: number;
  readonly txBytesPerS: number;
  readonly rxPacketsPerS: number;
  readonly txPacketsPerS: number;
};

/** Rates by ifindex; a link without one has been read only once. */
export type LinkRates = ReadonlyMap<number, LinkRate>;

export function linksTable(snapshot: Snapshot, namespace: Namespace, rates?: LinkRates): TableView {
  return {
    columns: [
      { title: 'link', shrink: 8, cut: 'middle' },
      { title: 'state' },
      { title: 'addresses', shrink: 20, drop: 4, optional: true },
      { title: 'peer', shrink: 10, cut: 'middle', drop: 3, optional: true },
      { title: 'bridge', shrink: 7, cut: 'middle', drop: 5, optional: true },
      { title: 'rx', align: 'right', optional: true },
      { title: 'tx', align: 'right', optional: true },
      { title: 'network', shrink: 7, drop: 6, optional: true },
      { title: 'kind', drop: 7 },
      { title: 'mtu', align: 'right', drop: 9 },
      { title: 'mac', drop: 8 },
      { title: 'details', shrink: 12, drop: 10, optional: true },
    ],
    rows: (namespace.links ?? []).map((link) => {
      const rate = rates?.get(link.ifindex);
      return {
        key: String(link.ifindex),
        cells: [
          link.name,
          linkState(link),
          formatAddresses(link.addresses),
          formatPeer(snapshot, link),
          link.master?.name ?? '',
          rate === undefined ? '' : formatRate(rate.rxBytesPerS),
          rate === undefined ? '' : formatRate(rate.txBytesPerS),
          link.network ?? '',
          link.kind,
          String(link.mtu),
          link.mac,
          formatLinkFacts(snapshot, link),
        ],
        tone: linkTone(link),
      };
    }),
    empty: namespace.links === undefined ? formatNotRead(snapshot, namespace.id, 'links') : 'no links',
  };
}

/** The kernel's state, in words: `lowerlayerdown` means that the other end is down. */
export function linkState(link: Link): string {
  if (!link.adminUp) return 'down';
  return link.operState === 'lowerlayerdown' ? 'no carrier' : link.operState;
}

/** `host/veth3f2a`, or why the peer is not known; nothing for a link that has none. */
export function formatPeer(snapshot: Snapshot, link: Link): string {
  if (link.peer === null) return link.peerUnknown === undefined ? '' : `? ${link.peerUnknown}`;
  const peerNamespace = findNamespace(snapshot, link.peer.namespace);
  return `${peerNamespace?.name ?? `inode:${link.peer.namespace}`}/${link.peer.name}`;
}

/** One link in full, for the space below the table: what the columns had no room for. */
export function formatLinkDetails(
  snapshot: Snapshot,
  link: Link,
  widthCells: number,
  rate?: LinkRate,
): readonly string[] {
  const facts = [
    link.kind,
    `ifindex ${link.ifindex}`,
    `mtu ${link.mtu}`,
    link.mac,
    link.adminUp ? '' : 'set down',
    link.adminUp && !link.carrier ? 'no carrier' : '',
  ];
  const peer = formatPeer(snapshot, link);
  const wiring = [
    ...(link.addresses.length === 0 ? ['no addresses'] : link.addresses),
    link.peer === null ? (peer === '' ? '' : `peer ${peer}`) : `⇄ ${peer} (ifindex ${link.peer.ifindex})`,
    link.master === null ? '' : `bridge ${link.master.name}`,
    link.network === null ? '' : `network ${link.network}`,
  ];
  return [facts, wiring, listLinkFacts(snapshot, link), counters(link, rate)].flatMap((parts) =>
    packParts(parts, widthCells),
  );
}

function counters({ stats }: Link, rate: LinkRate | undefined): readonly string[] {
  if (stats === undefined) return [];
  const direction = (
    name: string,
    packets: number,
    perS: number | undefined,
    dropped: number,
    errors: number,
  ) => {
    const speed = perS === undefined ? '' : ` ${formatShortCount(perS)}/s`;
    const losses = [
      dropped > 0 ? `${formatCount(dropped)} dropped` : '',
      errors > 0 ? `${formatCount(errors)} errors` : '',
    ];
    return [`${name} ${formatShortCount(packets)} packets${speed}`, ...losses];
  };
  return [
    ...direction('rx', stats.rxPackets, rate?.rxPacketsPerS, stats.rxDropped, stats.rxErrors),
    ...direction('tx', stats.txPackets, rate?.txPacketsPerS, stats.txDropped, stats.txErrors),
  ];
}

/** Link-local addresses say nothing in a narrow column: they come last, in the details. */
function formatAddresses(addresses: readonly string[]): string {
  const telling = addresses.filter((address) => !address.startsWith('fe80:'));
  return (telling.length > 0 ? telling : addresses).join(' ');
}

function linkTone(link: Link): Tone {
  if (link.kind === 'loopback') return 'dim';
  if (!link.adminUp || link.operState === 'down') return 'bad';
  if (link.operState === 'lowerlayerdown' || link.peerUnknown !== undefined) return 'warn';
  return 'normal';
}
