/** Neighbours (ARP and NDP) as a table, each state in words. */
import type { Namespace } from '../model/namespace.ts';
import type { Neighbour } from '../model/neighbour.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import { findOwner, formatOwner } from './owners.ts';
import type { TableView, Tone } from './table.ts';

export function neighboursTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const neighbours = [...(namespace.neighbours ?? [])].sort((a, b) => rank(a) - rank(b));
  return {
    columns: [
      { title: 'address', shrink: 15, cut: 'middle' },
      // It goes last of all: without it, this is no ARP table.
      { title: 'mac', shrink: 15, cut: 'middle', drop: 1 },
      { title: 'link', shrink: 6, cut: 'middle' },
      { title: 'state' },
      { title: 'owner', shrink: 8, cut: 'middle', drop: 2, optional: true },
      { title: 'meaning', drop: 4, shrink: 12 },
      { title: 'flags', drop: 3, optional: true },
    ],
    rows: neighbours.map((neighbour) => ({
      key: neighbourKey(neighbour),
      cells: [
        neighbour.address,
        neighbour.mac ?? '',
        findLink(namespace, neighbour.ifindex)?.name ?? `if${neighbour.ifindex}`,
        neighbour.state.toLowerCase(),
        neighbour.mac === undefined ? '' : formatOwner(findOwner(snapshot, neighbour.address, neighbour.mac)),
        STATES[neighbour.state]?.meaning ?? '',
        neighbour.flags.join(' '),
      ],
      tone: STATES[neighbour.state]?.tone ?? 'normal',
    })),
    empty:
      namespace.neighbours === undefined
        ? formatNotRead(snapshot, namespace.id, 'neighbours')
        : 'no neighbours: nothing on the same wire was asked for yet',
  };
}

export function neighbourKey(neighbour: Neighbour): string {
  return `${neighbour.ifindex} ${neighbour.address}`;
}

/** The states of linux/neighbour.h; see arp(7). */
const STATES: Readonly<Record<string, { readonly meaning: string; readonly tone: Tone }>> = {
  REACHABLE: { meaning: 'answered lately', tone: 'good' },
  STALE: { meaning: 'known, to be confirmed when used', tone: 'normal' },
  DELAY: { meaning: 'in use, waiting for a sign of life', tone: 'normal' },
  PROBE: { meaning: 'asking again', tone: 'warn' },
  INCOMPLETE: { meaning: 'asked, no answer yet', tone: 'warn' },
  FAILED: { meaning: 'nobody answers', tone: 'bad' },
  PERMANENT: { meaning: 'set by hand', tone: 'normal' },
  NOARP: { meaning: 'needs no asking', tone: 'dim' },
  NONE: { meaning: '', tone: 'dim' },
};

function rank(neighbour: Neighbour): number {
  return (neighbour.state === 'NOARP' ? 10 : 0) + (neighbour.family === 'ipv4' ? 0 : 1);
}
