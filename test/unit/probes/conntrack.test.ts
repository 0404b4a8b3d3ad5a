import { describe, expect, test } from 'vitest';
import { readConntrack } from '../../../probes/conntrack.ts';
import { parseEntry } from '../../../probes/conntrack-entry.ts';
import { SystemError } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import {
  attr,
  done,
  int8,
  int32,
  ipv4,
  message,
  NLMSG_ERROR,
  payload,
  text,
} from '../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../../helpers/scripted-system.ts';

const be16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
const be32 = (value: number) =>
  Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
const be64 = (value: number) => Buffer.concat([be32(Math.floor(value / 2 ** 32)), be32(value >>> 0)]);
const head = (family: number) => Uint8Array.of(family, 0, 0, 0);
const NESTED = 0x8000;
const nested = (type: number, ...values: readonly Uint8Array[]) => attr(NESTED | type, ...values);

const tcp = (source: string, sourcePort: number, destination: string, destinationPort: number) => [
  nested(1, attr(1, ipv4(source)), attr(2, ipv4(destination))),
  nested(2, attr(1, int8(6)), attr(2, be16(sourcePort)), attr(3, be16(destinationPort))),
];
const plain = [
  nested(1, ...tcp('10.0.0.1', 40000, '192.0.2.1', 443)),
  nested(2, ...tcp('192.0.2.1', 443, '203.0.113.1', 40000)),
];

describe('a tracked connection', () => {
  test('has both tuples, state, status, timeout, zone, mark and counters', () => {
    const bytes = payload(
      head(2),
      ...plain,
      attr(3, be32(0x19e)),
      nested(4, nested(1, attr(1, int8(3)), attr(2, int8(7)))),
      nested(5, attr(1, text('ftp'))),
      attr(7, be32(431_999)),
      attr(8, be32(0xdeadbeef)),
      nested(9, attr(1, be64(5)), attr(2, be64(2 ** 33))),
      nested(10, attr(1, be64(4)), attr(2, be64(400))),
      attr(12, be32(0xffffffff)),
      attr(18, be16(9)),
    );
    expect(parseEntry(bytes)).toEqual({
      id: 0xffffffff,
      family: 'ipv4',
      protocol: 'tcp',
      state: 'ESTABLISHED',
      status: ['SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'SRC_NAT', 'SRC_NAT_DONE', 'DST_NAT_DONE'],
      timeoutS: 431_999,
      original: { source: '10.0.0.1', destination: '192.0.2.1', sourcePort: 40000, destinationPort: 443 },
      reply: { source: '192.0.2.1', destination: '203.0.113.1', sourcePort: 443, destinationPort: 40000 },
      zone: 9,
      mark: 0xdeadbeef,
      counters: { original: { packets: 5, bytes: 2 ** 33 }, reply: { packets: 4, bytes: 400 } },
      helper: 'ftp',
    });
  });

  test('says little where the kernel says little', () => {
    const entry = parseEntry(payload(head(2), ...plain));
    expect(entry).toMatchObject({ status: [], zone: 0, mark: 0 });
    for (const key of ['state', 'timeoutS', 'counters', 'helper']) expect(entry).not.toHaveProperty(key);
  });

  test('of ICMPv6 has type, code and id in place of ports', () => {
    const six = (last: number) => Uint8Array.of(0x20, 1, 0x0d, 0xb8, ...new Array(11).fill(0), last);
    const icmp = (source: number, destination: number, type: number) => [
      nested(1, attr(3, six(source)), attr(4, six(destination))),
      nested(2, attr(1, int8(58)), attr(7, be16(17703)), attr(8, int8(type)), attr(9, int8(0))),
    ];
    const bytes = payload(head(10), nested(1, ...icmp(1, 2, 128)), nested(2, ...icmp(2, 1, 129)));
    expect(parseEntry(bytes)).toMatchObject({
      family: 'ipv6',
      protocol: 'icmpv6',
      original: {
        source: '2001:db8::1',
        destination: '2001:db8::2',
        icmp: { type: 128, code: 0, id: 17703 },
      },
      reply: { icmp: { type: 129, code: 0, id: 17703 } },
    });
    expect(parseEntry(bytes)?.original).not.toHaveProperty('sourcePort');
  });

  test('keeps what has no name as a number', () => {
    const odd = [
      nested(1, attr(1, ipv4('10.0.0.1')), attr(2, ipv4('10.0.0.2'))),
      nested(2, attr(1, int8(89))),
    ];
    const bytes = payload(head(2), nested(1, ...odd), nested(2, ...odd), attr(3, be32(0x10000)));
    expect(parseEntry(bytes)).toMatchObject({ protocol: '89', status: ['0x10000'] });
  });

  test.each([
    ['another family', payload(head(7), ...plain)],
    ['no reply tuple', payload(head(2), plain[0] ?? new Uint8Array())],
    ['an attribute that is longer than the message', payload(head(2), Uint8Array.of(255, 255, 1, 0))],
  ])('is none where there is %s', (_, bytes) => {
    expect(parseEntry(bytes)).toBeUndefined();
  });
});

describe('the table of tracked connections', () => {
  const entries = (count: number) =>
    Array.from({ length: count }, () => message(0x0100, [head(2), ...plain]));
  const handleOf = (datagrams: readonly Uint8Array[], sysctls: Readonly<Record<string, string>> = {}) =>
    scriptedHandle('41', {
      openNetlink: () => scriptedSocket(datagrams),
      readText: (path) => {
        const value = sysctls[path.slice(path.lastIndexOf('/') + 1)];
        if (value === undefined) throw new SystemError('ENOENT', `read ${path}`);
        return value;
      },
    });
  const loaded = { nf_conntrack_count: '3\n', nf_conntrack_max: '262144\n' };
  const files = memoryFiles();

  test('tells how many there are and may be', () => {
    const { conntrack, gaps } = readConntrack({ files }, handleOf([...entries(2), done()], loaded));
    expect(conntrack).toMatchObject({ total: 2, count: 3, max: 262_144 });
    expect(conntrack.entries).toHaveLength(2);
    expect(gaps).toEqual([]);
  });

  test('is shortened, and says the true count', () => {
    const { conntrack, gaps } = readConntrack({ files }, handleOf([...entries(1200), done()], loaded), 1000);
    expect(conntrack).toMatchObject({ total: 1200 });
    expect(conntrack.entries).toHaveLength(1000);
    expect(gaps).toEqual([{ probe: 'conntrack', reason: 'showing 1,000 of 1,200 entries' }]);
  });

  test('is empty, and the kernel is not asked, where the module is not loaded', () => {
    const handle = { ...handleOf([]), openNetlink: () => expect.unreachable('asking loads the module') };
    expect(readConntrack({ files }, handle)).toEqual({ conntrack: { entries: [], total: 0 }, gaps: [] });
  });

  test('is empty, and not walked, where the kernel counts nothing', () => {
    const handle = {
      ...handleOf([], { ...loaded, nf_conntrack_count: '0\n' }),
      openNetlink: () => expect.unreachable('a dump takes milliseconds even then'),
    };
    expect(readConntrack({ files }, handle)).toEqual({
      conntrack: { entries: [], total: 0, count: 0, max: 262_144 },
      gaps: [],
    });
  });

  test('is asked for where only this namespace is not shown the sysctls', () => {
    const own = memoryFiles({ texts: { '/proc/sys/net/netfilter/nf_conntrack_max': '1\n' } });
    expect(readConntrack({ files: own }, handleOf([...entries(1), done()])).conntrack.total).toBe(1);
  });

  test.each([
    [1, 'EPERM'],
    [22, 'modprobe nf_conntrack_netlink'],
  ])('fails with errno %i in words', (errno, words) => {
    const handle = handleOf([message(NLMSG_ERROR, [int32(-errno)])], loaded);
    expect(() => readConntrack({ files }, handle)).toThrow(words);
  });
});
