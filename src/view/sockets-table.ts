/** Sockets that wait for somebody, as a table: where, and which process of which container stands behind. */
import { compareText } from '../model/compare-text.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import type { Socket, SocketOwner } from '../model/socket.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView, Tone } from './table.ts';

export function socketsTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const sockets = [...(namespace.sockets ?? [])].sort(
    (a, b) =>
      compareText(a.protocol, b.protocol) ||
      a.port - b.port ||
      compareText(a.family, b.family) ||
      a.inode - b.inode,
  );
  return {
    columns: [
      { title: 'protocol' },
      { title: 'local' },
      { title: 'state', drop: 4 },
      { title: 'queue', align: 'right', drop: 2 },
      { title: 'process', shrink: 12 },
      { title: 'container', shrink: 8, cut: 'middle', drop: 1, optional: true },
      { title: 'link', shrink: 6, cut: 'middle', drop: 3, optional: true },
      { title: 'uid', align: 'right', drop: 5 },
    ],
    rows: sockets.map((socket) => ({
      key: `${socket.protocol} ${socket.family} ${socket.address} ${socket.port} ${socket.inode}`,
      cells: [
        socket.protocol,
        formatLocal(socket),
        socket.state.toLowerCase(),
        formatQueue(socket),
        formatOwners(socket.owners),
        [...new Set((socket.owners ?? []).flatMap(({ container }) => container ?? []))].join(' '),
        socket.ifindex === undefined
          ? ''
          : (findLink(namespace, socket.ifindex)?.name ?? `if${socket.ifindex}`),
        String(socket.uid),
      ],
      tone: socketTone(socket),
    })),
    empty:
      namespace.sockets === undefined
        ? formatNotRead(snapshot, namespace.id, 'sockets')
        : 'no sockets: nothing in this namespace waits for connections or datagrams',
  };
}

/** `[::]:80` takes IPv4 as well unless it says that it is IPv6 alone (ipv6(7), IPV6_V6ONLY). */
function formatLocal({ family, address, port, v6only }: Socket): string {
  const text = family === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`;
  return address === '::' && v6only ? `${text} (v6 only)` : text;
}

function formatQueue({ receiveQueue, backlog }: Socket): string {
  return backlog === undefined ? String(receiveQueue) : `${receiveQueue}/${backlog}`;
}

function formatOwners(owners: readonly SocketOwner[] | undefined): string {
  if (owners === undefined) return '?';
  if (owners.length === 0) return 'no process';
  return owners.map(({ pid, name }) => `${name} (${pid})`).join(', ');
}

/** More connections wait than may: new ones are being refused (listen(2)). Loopback is out of everybody else's reach. */
function socketTone({ receiveQueue, backlog, address }: Socket): Tone {
  if (backlog !== undefined && receiveQueue > backlog) return 'bad';
  return address.startsWith('127.') || address === '::1' ? 'dim' : 'normal';
}
