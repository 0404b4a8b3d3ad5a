/** Tracked connections as a table: who asked whom, and what was rewritten on the way. */
import type { ConntrackEntry, ConntrackTuple } from '../model/conntrack.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatBytes } from './format.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView, Tone } from './table.ts';

export function conntrackTable(snapshot: Snapshot, namespace: Namespace): TableView {
  return {
    columns: [
      { title: 'protocol' },
      { title: 'source', shrink: 11, cut: 'middle' },
      { title: 'destination', shrink: 11, cut: 'middle' },
      { title: 'rewritten', shrink: 12, drop: 1, optional: true },
      { title: 'state' },
      { title: 'answered', drop: 2 },
      { title: 'expires', align: 'right', drop: 5 },
      { title: 'sent', align: 'right', drop: 3, optional: true },
      { title: 'received', align: 'right', drop: 4, optional: true },
      { title: 'mark', align: 'right', drop: 6, optional: true },
      { title: 'zone', align: 'right', drop: 7, optional: true },
      { title: 'helper', drop: 8, optional: true },
    ],
    rows: (namespace.conntrack?.entries ?? []).map((entry) => ({
      key: `${entry.id} ${entry.protocol} ${entry.original.source} ${entry.original.destination}`,
      cells: [
        entry.protocol,
        formatEnd(entry, entry.original.source, entry.original.sourcePort),
        formatEnd(entry, entry.original.destination, entry.original.destinationPort) + formatIcmp(entry),
        formatRewritten(entry),
        entry.state?.toLowerCase().replace('_', ' ') ?? '',
        formatAnswered(entry),
        entry.timeoutS === undefined ? '' : `${entry.timeoutS} s`,
        entry.counters === undefined ? '' : formatBytes(entry.counters.original.bytes),
        entry.counters === undefined ? '' : formatBytes(entry.counters.reply.bytes),
        entry.mark === 0 ? '' : `0x${entry.mark.toString(16)}`,
        formatZone(entry),
        entry.helper ?? '',
      ],
      tone: entryTone(entry),
    })),
    empty:
      namespace.conntrack === undefined
        ? formatNotRead(snapshot, namespace.id, 'conntrack')
        : 'no tracked connections: nothing passed lately, or no rule here asks for tracking',
  };
}

function formatEnd(
  { family }: Pick<ConntrackEntry, 'family'>,
  address: string,
  port: number | undefined,
): string {
  if (port === undefined) return address;
  return family === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

function formatIcmp({ original: { icmp } }: ConntrackEntry): string {
  return icmp === undefined ? '' : ` type ${icmp.type} id ${icmp.id}`;
}

/** The answer's tuple mirrors the original's, but for what NAT has put in its place. */
function formatRewritten(entry: ConntrackEntry): string {
  const { original, reply } = entry;
  const parts: string[] = [];
  if (reply.source !== original.destination || reply.sourcePort !== original.destinationPort)
    parts.push(`to ${formatEnd(entry, reply.source, reply.sourcePort)}`);
  if (reply.destination !== original.source || reply.destinationPort !== original.sourcePort)
    parts.push(`as ${formatEnd(entry, reply.destination, reply.destinationPort)}`);
  return parts.join(' ');
}

/** An assured entry is kept when the table is full; one that was never answered goes first. */
function formatAnswered({ status }: ConntrackEntry): string {
  const answered = status.includes('SEEN_REPLY') ? 'yes' : 'no';
  const more = ['ASSURED', 'DYING', 'OFFLOAD', 'HW_OFFLOAD'].filter((name) => status.includes(name));
  return [answered, ...more.map((name) => name.toLowerCase().replace('_', ' '))].join(', ');
}

function formatZone({ zone, original, reply }: ConntrackEntry): string {
  const one = ({ zone: own }: ConntrackTuple, way: string) => (own === undefined ? [] : [`${way} ${own}`]);
  const ways = [...one(original, 'original'), ...one(reply, 'reply')];
  return [...(zone === 0 ? [] : [String(zone)]), ...ways].join(' ');
}

function entryTone({ status }: ConntrackEntry): Tone {
  if (!status.includes('SEEN_REPLY')) return 'warn';
  return status.includes('DYING') ? 'dim' : 'normal';
}
