/** Links as a table, and one link in full. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { formatCount, formatRate } from './format.ts';
import { formatNotRead } from './gaps.ts';
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
      { title: 'addresses', shrink: 13, drop: 4, optional: true },
      { title: 'peer', shrink: 10, cut: 'middle', drop: 3, optional: true },
      { title: 'bridge', shrink: 7, cut: 'middle', drop: 5, optional: true },
      { title: 'rx', align: 'right', optional: true },
      { title: 'tx', align: 'right', optional: true },
      { title: 'network', shrink: 7, drop: 6, optional: true },
      { title: 'kind', drop: 7 },
      { title: 'mtu', align: 'right', drop: 9 },
      { title: 'mac', drop: 8 },
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
export function formatLinkDetails(snapshot: Snapshot, link: Link, rate?: LinkRate): readonly string[] {
  const peer = formatPeer(snapshot, link);
  const facts = [
    link.kind,
    `ifindex ${link.ifindex}`,
    `mtu ${link.mtu}`,
    link.mac === '' ? undefined : link.mac,
    link.adminUp ? undefined : 'set down',
    link.adminUp && !link.carrier ? 'no carrier' : undefined,
  ];
  const wiring = [
    peer === ''
      ? undefined
      : link.peer === null
        ? `peer ${peer}`
        : `⇄ ${peer} (ifindex ${link.peer.ifindex})`,
    link.master === null ? undefined : `bridge ${link.master.name}`,
    link.network === null ? undefined : `network ${link.network}`,
  ];
  return [
    join(facts),
    join([link.addresses.length === 0 ? 'no addresses' : link.addresses.join(' '), ...wiring]),
    formatCounters(link, rate),
  ].filter((line) => line !== '');
}

function formatCounters(link: Link, rate: LinkRate | undefined): string {
  const { stats } = link;
  if (stats === undefined) return '';
  const direction = (
    name: string,
    packets: number,
    perS: number | undefined,
    dropped: number,
    errors: number,
  ) =>
    join(
      [
        `${name} ${formatCount(packets)} packets`,
        perS === undefined ? undefined : `${formatCount(perS)}/s`,
        dropped > 0 ? `${formatCount(dropped)} dropped` : undefined,
        errors > 0 ? `${formatCount(errors)} errors` : undefined,
      ],
      ' ',
    );
  return join([
    direction('rx', stats.rxPackets, rate?.rxPacketsPerS, stats.rxDropped, stats.rxErrors),
    direction('tx', stats.txPackets, rate?.txPacketsPerS, stats.txDropped, stats.txErrors),
  ]);
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

function join(parts: readonly (string | undefined)[], separator = ' · '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
