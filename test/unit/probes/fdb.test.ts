import { describe, expect, test } from 'vitest';
import { parseFdbEntry } from '../../../probes/fdb.ts';
import { attr, int8, int16, int32, ipv4, payload } from '../../helpers/netlink-bytes.ts';

/** struct ndmsg */
const head = (state: number, flags: number, family = 7) =>
  Buffer.concat([int32(family), int32(5), int16(state), int8(flags), int8(0)]);
const mac = attr(2, Uint8Array.of(2, 0x42, 0xac, 0x11, 0, 3));

describe('an FDB message', () => {
  test('of a bridge gives MAC, port, bridge and vlan', () => {
    expect(parseFdbEntry(payload(head(128, 4), mac, attr(9, int32(3)), attr(5, int16(10))))).toEqual({
      mac: '02:42:ac:11:00:03',
      ifindex: 5,
      masterIfindex: 3,
      vlan: 10,
      state: 'permanent',
      flags: ['master'],
    });
  });

  test('of a vxlan gives the machine, the port, the vni and the way', () => {
    const told = [
      attr(1, ipv4('192.0.2.9')),
      attr(6, Uint8Array.of(0x12, 0xb5)),
      attr(7, int32(42)),
      attr(8, int32(2)),
      attr(13, int32(11)),
    ];
    expect(parseFdbEntry(payload(head(2, 2), mac, ...told))).toEqual({
      mac: '02:42:ac:11:00:03',
      ifindex: 5,
      destination: '192.0.2.9',
      port: 4789,
      vni: 42,
      viaIfindex: 2,
      nexthopId: 11,
      state: 'reachable',
      flags: ['self'],
    });
  });

  test.each([
    [2, 'reachable'],
    [4, 'stale'],
    [64, 'static'],
    [128, 'permanent'],
    [0xc0, 'permanent'],
    [0x200, '0x200'],
  ])('with state %i is %s', (state, name) => {
    expect(parseFdbEntry(payload(head(state, 0), mac))?.state).toBe(name);
  });

  test('names every flag', () => {
    expect(parseFdbEntry(payload(head(64, 0x70), mac, attr(15, int32(2))))?.flags).toEqual([
      'extern_learn',
      'offload',
      'sticky',
      'locked',
    ]);
  });

  test('of another family is not read', () => {
    expect(parseFdbEntry(payload(head(2, 0, 2), mac))).toBeUndefined();
  });
});
