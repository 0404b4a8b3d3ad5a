import { describe, expect, test } from 'vitest';
import { parseDiagnostic } from '../../../../probes/sockets/parse-diagnostic.ts';
import { parseProcTable } from '../../../../probes/sockets/parse-proc-table.ts';
import { attr, int8, int32, ipv4, payload } from '../../../helpers/netlink-bytes.ts';

type Given = {
  readonly family?: number;
  readonly state?: number;
  readonly address?: Uint8Array;
  readonly ifindex?: number;
};

/** struct inet_diag_msg */
function diagnostic({ family = 2, state = 10, address = ipv4('192.0.2.1'), ifindex = 0 }: Given): Uint8Array {
  const padded = Buffer.alloc(16);
  padded.set(address);
  return Buffer.concat([
    Uint8Array.of(family, state, 0, 0),
    Uint8Array.of(0x1f, 0x90, 0, 0),
    padded,
    Buffer.alloc(16, 0xee),
    int32(ifindex),
    Buffer.alloc(8, 0xcc),
    int32(9),
    int32(3),
    int32(128),
    int32(1000),
    int32(0x7fffffff),
  ]);
}

describe('a socket as the kernel tells it', () => {
  test('that listens has its queue, its backlog, its owner’s uid and its inode', () => {
    expect(parseDiagnostic(payload(diagnostic({})), 'tcp')).toEqual({
      protocol: 'tcp',
      family: 'ipv4',
      address: '192.0.2.1',
      port: 8080,
      state: 'LISTEN',
      receiveQueue: 3,
      backlog: 128,
      uid: 1000,
      inode: 0x7fffffff,
    });
  });

  test('of UDP has no backlog', () => {
    const socket = parseDiagnostic(payload(diagnostic({ state: 7 })), 'udp');
    expect(socket).toMatchObject({ state: 'UNCONN', receiveQueue: 3 });
    expect(socket).not.toHaveProperty('backlog');
  });

  test.each([
    [0, false],
    [1, true],
  ])('of IPv6 says whether it takes IPv4 too (%i)', (value, v6only) => {
    const address = Uint8Array.of(...new Array(15).fill(0), 1);
    const bytes = payload(diagnostic({ family: 10, address }), attr(8, int8(0)), attr(11, int8(value)));
    expect(parseDiagnostic(bytes, 'tcp')).toMatchObject({ family: 'ipv6', address: '::1', v6only });
  });

  test('bound to a link names it', () => {
    expect(parseDiagnostic(payload(diagnostic({ ifindex: 7 })), 'tcp')?.ifindex).toBe(7);
  });

  test('of another family is passed over', () => {
    expect(parseDiagnostic(payload(diagnostic({ family: 1 })), 'tcp')).toBeUndefined();
  });
});

describe('a table of /proc/net', () => {
  const head =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const line = (local: string, state: string, queues = '00000000:00000000') =>
    `   0: ${local} 00000000:0000 ${state} ${queues} 00:00000000 00000000  1000        0 1285839 1 00000000d230e9c1 100 0 0 10 0\n`;

  test('gives the listeners of TCP, and only those', () => {
    const text = `${head}${line('0100007F:1F90', '0A', '00000000:00000002')}${line('0100007F:1F91', '01')}`;
    expect(parseProcTable(text, { protocol: 'tcp', family: 'ipv4' })).toEqual([
      {
        protocol: 'tcp',
        family: 'ipv4',
        address: '127.0.0.1',
        port: 8080,
        state: 'LISTEN',
        receiveQueue: 2,
        uid: 1000,
        inode: 1285839,
      },
    ]);
  });

  test('gives the unconnected sockets of UDP over IPv6', () => {
    const text = `${head}${line('B80D0120000000000000000001000000:0035', '07')}${line(
      '00000000000000000000000000000000:0035',
      '01',
    )}`;
    expect(parseProcTable(text, { protocol: 'udp', family: 'ipv6' })).toEqual([
      expect.objectContaining({ address: '2001:db8::1', port: 53, state: 'UNCONN', inode: 1285839 }),
    ]);
  });

  test.each(['', head, 'nonsense\n', `${head}   0: 0100007F 0A\n`, `${head}\u001b[2J\n`])(
    'that says nothing usable gives nothing: %j',
    (text) => {
      expect(parseProcTable(text, { protocol: 'tcp', family: 'ipv4' })).toEqual([]);
    },
  );
});
