import { describe, expect, test } from 'vitest';
import { parsePolicyRule } from '../../../probes/policy-rules.ts';
import { attr, int8, int16, int32, ipv4, payload, text } from '../../helpers/netlink-bytes.ts';

type Head = { family?: number; to?: number; from?: number; tos?: number; action?: number; flags?: number };

/** struct fib_rule_hdr */
const head = ({ family = 2, to = 0, from = 0, tos = 0, action = 1, flags = 0 }: Head = {}) =>
  Buffer.concat([Uint8Array.of(family, to, from, tos, 254, 0, 0, action), int32(flags)]);
const rule = (given: Head, ...attributes: Uint8Array[]) =>
  parsePolicyRule(payload(head(given), ...attributes));
const priority = attr(6, int32(5));

describe('a policy rule', () => {
  test('looks into a table, whose number may be large', () => {
    expect(rule({}, priority, attr(15, int32(254)))).toEqual({
      family: 'ipv4',
      priority: 5,
      action: 'lookup',
      table: 'main',
      not: false,
    });
    expect(rule({ family: 10 }, attr(15, int32(70000)))).toMatchObject({ family: 'ipv6', table: '70000' });
  });

  test('tells each of its conditions', () => {
    const range16 = (first: number, last: number) => Buffer.concat([int16(first), int16(last)]);
    expect(
      rule(
        { to: 16, from: 24, tos: 0x10, flags: 0x2 | 0x8 },
        priority,
        attr(1, ipv4('10.2.0.0')),
        attr(2, ipv4('10.1.1.0')),
        attr(3, text('eth0')),
        attr(17, text('eth1\u001b[m')),
        attr(10, int32(1)),
        attr(16, int32(0xff)),
        attr(14, int32(0)),
        attr(13, int32(-1)),
        attr(20, int32(1000), int32(1999)),
        attr(22, int8(6)),
        attr(23, range16(1, 2)),
        attr(24, range16(80, 80)),
        attr(29, int16(-1)),
        attr(28, int16(0x0f)),
        attr(21, int8(4)),
        attr(12, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0)),
      ),
    ).toEqual({
      family: 'ipv4',
      priority: 5,
      action: 'lookup',
      table: 'main',
      not: true,
      from: '10.1.1.0/24',
      to: '10.2.0.0/16',
      tos: 0x10,
      iif: 'eth0',
      oif: 'eth1\\x1b[m',
      iifDetached: true,
      fwmark: 1,
      fwmask: 0xff,
      uids: { first: 1000, last: 1999 },
      ipProtocol: 6,
      sourcePorts: { first: 1, last: 2 },
      sourcePortMask: 0x0f,
      destinationPorts: { first: 80, last: 80 },
      tunnelId: '256',
      suppressPrefixLength: 0,
      protocol: 'static',
    });
  });

  test.each([
    [2, 'goto'],
    [3, 'nop'],
    [6, 'blackhole'],
    [7, 'unreachable'],
    [8, 'prohibit'],
    [5, '5'],
  ])('with action %i is %s and has no table', (action, name) => {
    const read = rule({ action }, attr(4, int32(100)), attr(15, int32(254)));
    expect(read).toMatchObject({ action: name });
    expect(read).not.toHaveProperty('table');
    expect(read?.goto).toBe(name === 'goto' ? 100 : undefined);
  });

  test('of VRFs has the table of the VRF, which is none of its own', () => {
    const read = rule({}, attr(15, int32(0)), attr(19, int8(1)));
    expect(read).toMatchObject({ l3mdev: true });
    expect(read).not.toHaveProperty('table');
  });

  test('that leads nowhere says so', () => {
    expect(rule({ action: 2, flags: 0x4 }, attr(4, int32(9)))).toMatchObject({
      goto: 9,
      gotoUnresolved: true,
    });
    expect(rule({ flags: 0x10 }, attr(17, text('gone')))).toMatchObject({ oif: 'gone', oifDetached: true });
  });

  test('with a condition that nobody knows yet says so', () => {
    expect(rule({}, attr(77, int32(1)))?.unknown).toEqual([77]);
  });

  test('of another family is not read', () => {
    expect(rule({ family: 129 })).toBeUndefined();
  });
});
