import { describe, expect, test } from 'vitest';
import type { TableQuestion } from '../../../../src/path/netfilter/surroundings.ts';
import { surroundingsOf } from '../../../../src/path/netfilter/surroundings-of.ts';
import { askTables } from '../../../../src/path/route/ask-tables.ts';
import { IFINDEX, route, rule, world } from './world.ts';

function asked(address: string, given: Partial<TableQuestion> = {}): TableQuestion {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return { family, address, link: 'a', strict: false, mark: 0, protocol: 6, dscp: 0, ...given };
}

describe('the tables, asked by a rule about an address', () => {
  test.each([
    ['10.0.0.7', { kind: 'route', type: 'unicast', link: 'a', links: ['a'] }],
    ['10.0.1.7', { kind: 'route', type: 'unicast', link: 'b', links: ['b'] }],
    ['10.0.0.1', { kind: 'route', type: 'local', link: 'a', links: ['a'] }],
    ['10.0.0.255', { kind: 'route', type: 'broadcast', link: 'a', links: ['a'] }],
    ['192.0.2.1', { kind: 'none' }],
    ['fd00::7', { kind: 'route', type: 'unicast', link: 'a', links: ['a'] }],
    ['fd00::1', { kind: 'route', type: 'local', link: 'a', links: ['a'] }],
    ['2001:db8:9::1', { kind: 'none' }],
    ['ten', { kind: 'unknown' }],
  ] as const)('say of %s', (address, answer) => {
    expect(askTables(world(), asked(address))).toEqual([answer]);
  });

  test('count each next hop of an IPv4 route, and say which of an IPv6 route may be taken', () => {
    const nextHops = (['a', 'b'] as const).map((name) => ({ ifindex: IFINDEX[name], flags: [] }));
    const both = world({
      routes: [route('192.0.2.0/24', 'a', { nextHops }), route('fd09::/64', 'a', { nextHops })],
    });
    expect(askTables(both, asked('192.0.2.1'))).toEqual([
      { kind: 'route', type: 'unicast', link: 'a', links: ['a', 'b'] },
    ]);
    const links = askTables(both, asked('fd09::1')).map((answer) => answer.kind === 'route' && answer.link);
    expect(links).toEqual(['a', 'b']);
    const named = askTables(both, asked('fd09::1', { oif: 'b' }));
    expect(named).toEqual([{ kind: 'route', type: 'unicast', link: 'b', links: ['b'] }]);
  });

  test('of IPv6 prefer the routes of a link, and take no others where it is strict', () => {
    const far = world({ routes: [route('fe80::/64', 'b', { metric: 256 })] });
    const answer = (strict: boolean) => askTables(far, asked('fe80::7', { oif: 'a', strict }));
    expect(answer(false)).toMatchObject([{ kind: 'route', link: 'b' }]);
    expect(answer(true)).toEqual([{ kind: 'none' }]);
  });

  test('pass over a dead IPv6 route, unless an own address lets another one stand in', () => {
    const dead = [{ ifindex: IFINDEX.a, flags: ['dead'] }];
    const gone = route('fd09::/64', 'a', { nextHops: dead });
    expect(askTables(world({ routes: [gone] }), asked('fd09::1'))).toEqual([{ kind: 'none' }]);
    const routes = [gone, route('fd09::/64', 'b', { metric: 2000 })];
    expect(askTables(world({ routes }), asked('fd09::1'))).toEqual([{ kind: 'unknown' }]);
  });

  test('follow policy rules, and may give two answers where one may apply', () => {
    const namespace = world({
      rules: [rule(1, { fwmark: 7, table: '100' }), rule(2, { table: 'local' }), rule(3, { table: 'main' })],
      routes: [route('10.0.0.0/24', 'b', { table: '100' })],
    });
    const links = (mark: number | 'unknown') =>
      askTables(namespace, asked('10.0.0.7', { mark })).map((one) => one.kind === 'route' && one.link);
    expect(links(7)).toEqual(['b']);
    expect(links(8)).toEqual(['a']);
    expect(links('unknown')).toEqual(['b', 'a']);
  });

  test('say nothing of a traffic class that rules look at', () => {
    const namespace = world({ rules: [rule(1, { tos: 0x10, table: 'main' }), rule(2, { table: 'main' })] });
    expect(askTables(namespace, asked('10.0.0.7'))).toMatchObject([{ kind: 'route' }]);
    expect(askTables(namespace, asked('10.0.0.7', { dscp: 4 }))).toEqual([{ kind: 'unknown' }]);
    expect(askTables(world(), asked('10.0.0.7', { dscp: 4 }))).toMatchObject([{ kind: 'route' }]);
  });

  test('say nothing where they were not read, or a link is not there', () => {
    const { routes: _routes, ...unread } = world();
    expect(surroundingsOf(unread).askTables?.(asked('10.0.0.7'))).toEqual([{ kind: 'unknown' }]);
    expect(askTables(world(), asked('fd00::7', { oif: 'gone' }))).toEqual([{ kind: 'unknown' }]);
  });
});
