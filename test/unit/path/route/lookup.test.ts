import { describe, expect, test } from 'vitest';
import type { PolicyRule } from '../../../../src/model/policy-rule.ts';
import { DEFAULT_RULES } from '../../../../src/path/route/default-rules.ts';
import { lookUp } from '../../../../src/path/route/lookup.ts';
import type { RouteAnswer, RouteQuery } from '../../../../src/path/route/query.ts';
import { type Given, IFINDEX, query, route, rule, world } from './world.ts';

const brief = (answer: RouteAnswer): string =>
  answer.kind === 'found'
    ? [answer.type, answer.link, answer.gateway ?? '-', answer.source ?? '-'].join(' ')
    : answer.kind === 'refused'
      ? answer.how
      : `unknown: ${answer.why}`;
const asked = (given: Given, destination: string, more: Partial<RouteQuery> = {}) =>
  brief(lookUp(world(given), query(destination, more)));

const FAR = '192.0.2.1';
const via = (gateway: string, dev: 'a' | 'b', flags: readonly string[] = []) => ({
  scope: 'global',
  nextHops: [{ gateway, ifindex: IFINDEX[dev], flags }],
});
const byA = route('default', 'a', via('10.0.0.9', 'a'));
const byB = route('default', 'b', { ...via('10.0.1.9', 'b'), table: '100' });

describe('a routing table', () => {
  test.each<readonly [string, Given, string, string]>([
    ['gives a neighbour without a gateway', {}, '10.0.1.7', 'unicast b - 10.0.1.1'],
    ['gives an own address to loopback', {}, '10.0.1.1', 'local lo - 10.0.1.1'],
    [
      'chooses the address that shares the gateway’s subnet',
      { routes: [byA] },
      FAR,
      'unicast a 10.0.0.9 10.0.0.1',
    ],
    ['without a route refuses', {}, FAR, 'none'],
    [
      'prefers the longest prefix, then the lowest metric',
      {
        routes: [
          route('192.0.2.0/24', 'a', { metric: 20 }),
          route('192.0.2.0/24', 'b', { metric: 10 }),
          route('192.0.0.0/16', 'a'),
        ],
      },
      FAR,
      'unicast b - 10.0.1.1',
    ],
    [
      'leaves out routes for another TOS',
      { routes: [route('192.0.2.0/24', 'b', { tos: 16 }), byA] },
      FAR,
      'unicast a 10.0.0.9 10.0.0.1',
    ],
    [
      'passes over a dead next hop',
      { routes: [route('192.0.2.0/24', 'b', via('10.0.1.9', 'b', ['dead', 'linkdown'])), byA] },
      FAR,
      'unicast a 10.0.0.9 10.0.0.1',
    ],
    [
      'refuses what a blackhole takes',
      { routes: [route('192.0.2.0/24', 'lo', { type: 'blackhole' }), byA] },
      FAR,
      'blackhole',
    ],
    ['is left by throw', { routes: [route('192.0.2.0/24', 'lo', { type: 'throw' }), byA] }, FAR, 'none'],
    [
      'with several next hops leaves it to the hash',
      {
        routes: [
          route('default', 'a', {
            nextHops: [...via('10.0.0.9', 'a').nextHops, ...via('10.0.1.9', 'b').nextHops],
          }),
        ],
      },
      FAR,
      'unknown: the route has several next hops, and the kernel chooses by a hash of the flow',
    ],
    [
      'with several next hops of which one lives is definite',
      {
        routes: [
          route('default', 'a', {
            scope: 'global',
            nextHops: [...via('10.0.0.9', 'a', ['dead']).nextHops, ...via('10.0.1.9', 'b').nextHops],
          }),
        ],
      },
      FAR,
      'unicast b 10.0.1.9 10.0.1.1',
    ],
    [
      'with two defaults of one metric leaves it to their neighbours',
      { routes: [byA, route('default', 'b', via('10.0.1.9', 'b'))] },
      FAR,
      'unknown: the route has several next hops, and the kernel chooses by a hash of the flow',
    ],
    [
      'that wraps packets is not followed',
      { routes: [{ ...byA, encapsulation: 1 }] },
      FAR,
      'unknown: the route wraps packets',
    ],
    [
      'sends IPv6 with the address of its label',
      { routes: [route('default', 'a', { family: 'ipv6' })] },
      '2001:db8:1::1',
      'unicast a - 2001:db8::1',
    ],
  ])('%s', (_title, given, destination, expected) => {
    expect(asked(given, destination)).toBe(expected);
  });

  test('is asked about its own link for a bound socket, which wins over tables that refuse', () => {
    expect(asked({ routes: [byA] }, FAR, { outLink: 'b' })).toBe('unicast b - 10.0.1.1');
  });

  test('refuses a source that is nobody’s here', () => {
    expect(asked({ routes: [byA] }, FAR, { source: '198.51.100.1' })).toBe('martian');
    expect(asked({ routes: [byA] }, FAR, { source: '127.0.0.1' })).toBe('martian');
  });

  test('was cut off, or not read, and then nothing is known', () => {
    const { routes: _routes, ...unread } = world();
    expect(brief(lookUp(unread, query(FAR)))).toBe('unknown: the routes were not read');
  });
});

describe('policy rules', () => {
  const custom = (...rules: readonly PolicyRule[]): Given => ({
    routes: [byA, byB],
    rules: [...rules, ...DEFAULT_RULES.ipv4].toSorted((left, right) => left.priority - right.priority),
  });
  const A = 'unicast a 10.0.0.9 10.0.0.1';
  const B = 'unicast b 10.0.1.9 10.0.1.1';

  test.each<readonly [string, Partial<PolicyRule>, Partial<RouteQuery>, string]>([
    ['of a mark', { fwmark: 1, fwmask: 0xff }, { mark: 0x101 }, B],
    ['of another mark', { fwmark: 1, fwmask: 0xff }, { mark: 2 }, A],
    [
      'of a mark with its highest bit set',
      { fwmark: 0x80000000, fwmask: 0xffffffff },
      { mark: 0x80000000 },
      B,
    ],
    [
      'of a mark that is not known',
      { fwmark: 1, fwmask: 0xff },
      { mark: 'unknown' },
      'unknown: policy rule 10 may apply or not: the mark is not known',
    ],
    ['of a destination', { to: '192.0.2.0/24' }, {}, B],
    ['of a source that is not chosen', { from: '10.0.0.1/32' }, {}, A],
    ['of a source', { from: '10.0.0.1/32' }, { source: '10.0.0.1' }, 'unicast b 10.0.1.9 -'],
    ['that is turned round', { not: true, to: '10.0.0.0/8' }, {}, B],
    ['of local packets', { iif: 'lo' }, {}, B],
    ['of a link that is gone', { iif: 'gone', iifDetached: true }, {}, A],
    ['of a link that is gone, turned round', { not: true, iif: 'gone', iifDetached: true }, {}, B],
    ['of a protocol', { ipProtocol: 17 }, {}, A],
    ['of ports', { destinationPorts: { first: 80, last: 90 } }, {}, B],
    [
      'of a masked port',
      { destinationPorts: { first: 0x10, last: 0x10 }, destinationPortMask: 0xf0 },
      { destinationPort: 0x1f },
      B,
    ],
    ['of a TOS', { tos: 16 }, {}, A],
    ['of a user', { uids: { first: 1000, last: 1999 } }, { uid: 1500 }, B],
    ['of VRFs, without any', { l3mdev: true }, {}, A],
    [
      'of a condition that is not known',
      { unknown: [99] },
      {},
      'unknown: policy rule 10 may apply or not: a condition that netpeek does not know is not known',
    ],
    ['that suppresses the default route', { suppressPrefixLength: 0 }, {}, A],
    ['that suppresses the links of a group', { suppressLinkGroup: 3 }, {}, A],
    ['that suppresses another group', { suppressLinkGroup: 4 }, {}, B],
    ['that refuses', { action: 'prohibit' }, {}, 'prohibit'],
    ['that does nothing', { action: 'nop' }, {}, A],
    ['that goes on behind the others', { action: 'goto', goto: 32767 }, {}, 'none'],
    ['that leads nowhere', { action: 'goto', goto: 99, gotoUnresolved: true }, {}, A],
  ])('%s', (_title, given, more, expected) => {
    expect(asked(custom(rule(10, { table: '100', ...given })), FAR, more)).toBe(expected);
  });

  test('of which it is not known whether they apply do not matter where they come to the same', () => {
    const same = rule(10, { table: 'main', fwmark: 1, fwmask: 1 });
    expect(asked(custom(same), FAR, { mark: 'unknown' })).toBe(A);
  });

  test('that were not read are the default ones, unless another table has routes', () => {
    expect(asked({ routes: [byA], rules: null }, FAR)).toBe(A);
    expect(asked({ routes: [byA, byB], rules: null }, FAR)).toBe(
      'unknown: policy rules may choose table 100; they were not read',
    );
  });

  test('that were never changed let a longer prefix of main win over local, which nobody can tell afterwards', () => {
    const routes = [
      route('192.0.2.0/24', 'lo', { type: 'local', table: 'local', scope: 'host' }),
      route('192.0.2.1/32', 'b'),
    ];
    expect(asked({ routes }, FAR)).toContain('unknown: whether policy rules were ever changed here');
    expect(asked({ routes, rules: [...DEFAULT_RULES.ipv4, rule(40000, { action: 'nop' })] }, FAR)).toBe(
      'local lo - 192.0.2.1',
    );
  });
});
