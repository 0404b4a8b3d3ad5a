import { describe, expect, test } from 'vitest';
import { parseRoute } from '../../../probes/routes.ts';
import { attr, int8, int16, int32, ipv4, payload } from '../../helpers/netlink-bytes.ts';

const RTA = { dst: 1, oif: 4, gateway: 5, priority: 6, prefsrc: 7, multipath: 9, table: 15, via: 18 };

type Head = {
  family?: number;
  prefix?: number;
  table?: number;
  protocol?: number;
  scope?: number;
  type?: number;
  flags?: number;
};

/** struct rtmsg */
const head = ({
  family = 2,
  prefix = 0,
  table = 254,
  protocol = 3,
  scope = 0,
  type = 1,
  flags = 0,
}: Head = {}) =>
  Buffer.concat([...[family, prefix, 0, 0, table, protocol, scope, type].map(int8), int32(flags)]);

/** struct rtnexthop with attributes */
const hop = (ifindex: number, weight: number, flags: number, ...attributes: readonly Uint8Array[]) => {
  const rest = Buffer.concat(attributes);
  return Buffer.concat([int16(8 + rest.length), int8(flags), int8(weight - 1), int32(ifindex), rest]);
};

/** struct rtvia: an IPv6 gateway for an IPv4 route */
const via6 = attr(RTA.via, int16(10), Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9));

describe('a route message', () => {
  test('gives the default route with its gateway', () => {
    const parts = [
      attr(RTA.gateway, ipv4('172.17.0.1')),
      attr(RTA.oif, int32(2)),
      attr(RTA.priority, int32(100)),
    ];
    expect(parseRoute(payload(head(), ...parts))).toEqual({
      family: 'ipv4',
      destination: 'default',
      type: 'unicast',
      table: 'main',
      protocol: 'boot',
      scope: 'global',
      metric: 100,
      nextHops: [{ gateway: '172.17.0.1', ifindex: 2, flags: [] }],
    });
  });

  test('gives what narrows a route down, and what it says beside', () => {
    const parts = [
      attr(
        RTA.dst,
        Uint8Array.from({ length: 16 }, (_, index) => (index === 0 ? 0xfd : 0)),
      ),
      attr(
        2,
        Uint8Array.from({ length: 16 }, (_, index) => (index === 0 ? 0xfc : 0)),
      ),
      attr(8, attr(2, int32(1400))),
      attr(20, int8(1)),
      attr(21, int16(1)),
      attr(30, int32(7)),
    ];
    const rtmsg = head({ family: 10, prefix: 8 });
    rtmsg[2] = 16;
    rtmsg[3] = 0x10;
    expect(parseRoute(payload(rtmsg, ...parts))).toMatchObject({
      destination: 'fd00::/8',
      from: 'fc00::/16',
      tos: 16,
      mtu: 1400,
      preference: 'high',
      encapsulation: 1,
      nextHopId: 7,
    });
  });

  test('of several next hops gives each with weight, gateway and flags', () => {
    const hops = [hop(2, 1, 4, attr(RTA.gateway, ipv4('10.0.0.1'))), hop(3, 20, 16, via6), hop(4, 256, 0)];
    expect(parseRoute(payload(head(), attr(RTA.multipath, ...hops)))?.nextHops).toEqual([
      { gateway: '10.0.0.1', ifindex: 2, weight: 1, flags: ['onlink'] },
      { gateway: 'fe80::9', ifindex: 3, weight: 20, flags: ['linkdown'] },
      { ifindex: 4, weight: 256, flags: [] },
    ]);
  });

  test('whose next hops are cut short gives the whole ones', () => {
    const cut = Buffer.concat([hop(2, 1, 0), Uint8Array.of(40, 0, 0, 0, 3, 0, 0, 0)]);
    expect(parseRoute(payload(head(), attr(RTA.multipath, cut)))?.nextHops).toHaveLength(1);
  });

  test('may have a gateway of the other family', () => {
    expect(parseRoute(payload(head(), via6, attr(RTA.oif, int32(2))))?.nextHops).toEqual([
      { gateway: 'fe80::9', ifindex: 2, flags: [] },
    ]);
  });

  test('that leads nowhere has no next hop', () => {
    const route = parseRoute(payload(head({ type: 6, prefix: 24 }), attr(RTA.dst, ipv4('192.0.2.0'))));
    expect(route).toMatchObject({ type: 'blackhole', destination: '192.0.2.0/24', nextHops: [] });
  });

  test('has its table from the attribute where it does not fit into a byte', () => {
    expect(parseRoute(payload(head({ table: 252 }), attr(RTA.table, int32(5000))))?.table).toBe('5000');
  });

  test('keeps numbers that have no name', () => {
    expect(parseRoute(payload(head({ type: 99, protocol: 98, scope: 97, table: 96 })))).toMatchObject({
      type: '99',
      protocol: '98',
      scope: '97',
      table: '96',
    });
  });

  test('names its source address', () => {
    expect(parseRoute(payload(head(), attr(RTA.prefsrc, ipv4('172.17.0.1'))))?.source).toBe('172.17.0.1');
  });

  test('that is a cached exception, or of another family, is none of ours', () => {
    expect(parseRoute(payload(head({ flags: 0x200 })))).toBeUndefined();
    expect(parseRoute(payload(head({ family: 28 })))).toBeUndefined();
  });
});
