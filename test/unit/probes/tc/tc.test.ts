import { describe, expect, test } from 'vitest';
import type { Payload } from '../../../../probes/netlink/message.ts';
import type { Rtnetlink } from '../../../../probes/netlink/socket.ts';
import { parseFilter } from '../../../../probes/tc/filter.ts';
import { handleText, parseHandle, parseQdisc } from '../../../../probes/tc/qdisc.ts';
import { readTrafficControl } from '../../../../probes/tc.ts';
import { attr, int16, int32, int64, payload, text } from '../../../helpers/netlink-bytes.ts';
import { scriptedHandle } from '../../../helpers/scripted-system.ts';

const nobodyAsks = () => expect.unreachable('no program has an id here');
const be16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
const be32 = (value: number) =>
  Uint8Array.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);

/** struct tcmsg */
const head = (ifindex: number, handle: number, parent: number, info: Uint8Array = int32(0)) =>
  Buffer.concat([int32(0), int32(ifindex), int32(handle | 0), int32(parent | 0), info]);
const info = (priority: number, protocol: number) => Buffer.concat([be16(protocol), int16(priority)]);
const qdisc = (kind: string, handle: number, parent: number, ...more: Uint8Array[]) =>
  payload(head(5, handle, parent), attr(1, text(kind)), ...more);
const filter = (kind: string, handle: number, ...options: Uint8Array[]) =>
  payload(
    head(5, handle, 0x10000, info(10, 0x800)),
    attr(1, text(kind)),
    attr(11, int32(0)),
    attr(2, ...options),
  );

describe('a qdisc', () => {
  test.each([
    [0xffffffff, 'root'],
    [0xfffffff1, 'ingress'],
    [0x00010010, '1:10'],
    [0x80010000, '8001:'],
  ])('on %i hangs on %s', (parent, name) => {
    expect(parseQdisc(qdisc('htb', 0x10000, parent))).toEqual({
      ifindex: 5,
      kind: 'htb',
      handle: '1:',
      parent: name,
    });
  });

  test('counts what it sent, dropped and holds', () => {
    const basic = attr(1, int64(7000n), int32(8), int32(0));
    const queue = attr(3, ...[1, 2, 3, 4, 5].map(int32));
    const stats = { bytes: 7000, drops: 3, overlimits: 5, requeues: 4, backlogBytes: 2, queueLength: 1 };
    const statsOf = (...told: Uint8Array[]) =>
      parseQdisc(qdisc('tbf', 0x10000, 0xffffffff, attr(7, ...told))).stats;
    expect(statsOf(basic, queue)).toEqual({ ...stats, packets: 8 });
    // The larger counter is told beside the small one.
    expect(statsOf(basic, queue, attr(8, int64(2n ** 40n)))).toEqual({ ...stats, packets: 2 ** 40 });
    expect(statsOf(basic)).toBeUndefined();
  });

  test.each(['1:', '1:10', 'ffff:', '8001:a'])('has its handle %s back from the number', (handle) => {
    expect(handleText(parseHandle(handle))).toBe(handle);
  });
});

describe('a filter', () => {
  test('of a BPF program names it', () => {
    const told = [
      attr(7, text('prog.o:[main]\u001b')),
      attr(8, int32(1)),
      attr(10, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0xff)),
      attr(11, int32(77)),
      attr(3, int32(0x10010)),
    ];
    expect(parseFilter(filter('bpf', 1, ...told))).toEqual({
      parent: '1:',
      kind: 'bpf',
      priority: 10,
      protocol: 'ip',
      chain: 0,
      handle: '0x1',
      classId: '1:10',
      bpf: { name: 'prog.o:[main]\\x1b', id: 77, tag: '01020304050607ff', directAction: true },
      actions: [],
    });
  });

  test('of u32 tells what must match where', () => {
    const key = (value: number, mask: number, at: number, offmask: number) =>
      Buffer.concat([be32(mask), be32(value), int32(at), int32(offmask)]);
    const selector = attr(
      5,
      Uint8Array.of(1, 0, 2, 0),
      new Uint8Array(12),
      key(0x0a000001, 0xffffffff, 16, 0),
      key(0x500000, 0xffff0000, 0, -1),
    );
    const read = parseFilter(filter('u32', 0x80000801 | 0, selector, attr(1, int32(0x10020))));
    expect(read).toMatchObject({
      handle: '800::801',
      classId: '1:20',
      matches: ['0a000001/ffffffff at 16', '00500000/ffff0000 at nexthdr+0'],
    });
    const table = parseFilter(filter('u32', 0x80000000 | 0, attr(4, int32(1))));
    expect(table).toMatchObject({ handle: '800:' });
    expect(table).not.toHaveProperty('matches');
    expect(parseFilter(filter('u32', 0x80103000 | 0))).toMatchObject({ handle: '801:3' });
  });

  test('has its actions in order', () => {
    const gen = (action: number) => Buffer.concat([int32(1), int32(0), int32(action), int32(1), int32(1)]);
    const actions = attr(
      2,
      attr(1, attr(1, text('mirred')), attr(2, attr(2, gen(3), int32(2), int32(9)))),
      attr(2, attr(1, text('gact')), attr(2, attr(2, gen(2)))),
      attr(3, attr(1, text('quantum')), attr(2, attr(2, gen(2)))),
    );
    expect(parseFilter(filter('matchall', 1, actions))?.actions).toEqual([
      { kind: 'mirred', outcome: 'pipe', towards: { how: 'egress mirror', ifindex: 9 } },
      { kind: 'gact', outcome: 'drop' },
      { kind: 'quantum' },
    ]);
  });

  test('of a kind that nobody knows is shown as such', () => {
    expect(parseFilter(filter('quantum', 3, attr(1, int32(1))))).toEqual({
      parent: '1:',
      kind: 'quantum',
      priority: 10,
      protocol: 'ip',
      chain: 0,
      handle: '0x3',
      actions: [],
    });
  });

  test('is not the head that stands before those of a priority', () => {
    const heading = payload(head(5, 0, 0x10000, info(10, 3)), attr(1, text('bpf')));
    expect(parseFilter(heading)).toBeUndefined();
  });
});

describe('the filters of a link', () => {
  const [getQdisc, getClass, getFilter] = [38, 42, 46];

  /** A kernel that answers as given, and remembers what it was asked: type, ifindex, parent. */
  function scripted(answers: Readonly<Record<number, readonly Payload[]>>) {
    const asked: [number, number, number][] = [];
    const rtnetlink: Rtnetlink = {
      dump: ({ type, header }) => {
        const view = new DataView(header.buffer);
        asked.push([type, view.getInt32(4, true), view.getUint32(12, true)]);
        return answers[type] ?? [];
      },
      dumpFirst: () => ({ payloads: [], total: 0, interrupted: false }),
      get: () => undefined,
      close: () => {},
    };
    return { rtnetlink, asked };
  }

  test('are asked where filters can be, and nowhere else', () => {
    const { rtnetlink, asked } = scripted({
      [getQdisc]: [
        qdisc('noqueue', 0, 0xffffffff),
        qdisc('clsact', 0xffff0000, 0xfffffff1),
        qdisc('htb', 0x10000, 0xffffffff),
        qdisc('mq', 0x20000, 0xffffffff),
      ],
      [getClass]: [qdisc('htb', 0x10010, 0xffffffff)],
      [getFilter]: [payload(head(0xffffffff, 1, 0, info(1, 3)), attr(1, text('bpf')), attr(2))],
    });
    const { trafficControl, gaps } = readTrafficControl(rtnetlink, scriptedHandle('1'), nobodyAsks);
    expect(asked).toEqual([
      [getQdisc, 0, 0],
      [getClass, 5, 0],
      [getFilter, 5, 0xfffffff2],
      [getFilter, 5, 0xfffffff3],
      [getFilter, 5, 0x10000],
      [getFilter, 5, 0x10010],
    ]);
    // A block that links share does not say whose it is.
    expect(trafficControl.filters.map(({ ifindex, attachedTo }) => [ifindex, attachedTo])).toEqual([
      [5, 'ingress'],
      [5, 'egress'],
      [5, 'parent'],
      [5, 'parent'],
    ]);
    expect(gaps).toEqual([]);
  });

  test('on thousands of classes are read in part, and that is said', () => {
    const classes = Array.from({ length: 600 }, (_, index) => qdisc('htb', 0x10000 + index + 1, 0x10000));
    const { rtnetlink, asked } = scripted({
      [getQdisc]: [qdisc('htb', 0x10000, 0xffffffff)],
      [getClass]: classes,
    });
    expect(readTrafficControl(rtnetlink, scriptedHandle('1'), nobodyAsks).gaps).toEqual([
      {
        probe: 'trafficControl',
        reason: 'link 5 has 600 classes; the filters of the first 512 were read',
      },
    ]);
    expect(asked.filter(([type]) => type === getFilter)).toHaveLength(513);
  });

  test('have beside them the programs of the links that were seen, and what was not seen is said', () => {
    const { rtnetlink } = scripted({});
    const links = [payload(head(5, 0, 0)), payload(head(6, 0, 0))];
    const cut: Rtnetlink = {
      ...rtnetlink,
      dumpFirst: () => ({ payloads: links, total: 7, interrupted: true }),
    };
    const handle = scriptedHandle('1', {
      attachedPrograms: (ifindex, type) => (type === 46 ? [ifindex] : []),
    });
    const { trafficControl, gaps } = readTrafficControl(cut, handle, (id) => ({
      program: { id, name: `p${id}` },
    }));
    expect(trafficControl.tcx).toEqual([
      { ifindex: 5, attachedTo: 'ingress', id: 5, name: 'p5' },
      { ifindex: 6, attachedTo: 'ingress', id: 6, name: 'p6' },
    ]);
    expect(gaps.map(({ reason }) => reason)).toEqual([
      'showing programs attached without tc (tcx) of the first 2 of 7 links',
      'showing programs attached without tc (tcx) of the links that were seen: they changed during each reading',
    ]);
  });
});
