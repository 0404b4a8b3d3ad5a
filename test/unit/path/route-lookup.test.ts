import { describe, expect, test } from 'vitest';
import type { Route } from '../../../src/model/route.ts';
import { findSource, lookUpRoute } from '../../../src/path/route-lookup.ts';
import { address, route, world } from '../checks/world.ts';

const look = (routes: readonly Route[], destination = '203.0.113.1') =>
  lookUpRoute({ ...world().web, routes }, destination);
const chosen = (routes: readonly Route[], destination?: string) => {
  const found = look(routes, destination);
  return found.kind === 'found' ? (found.hop?.ifindex ?? found.route.type) : found.kind;
};

describe('the route of a destination', () => {
  test.each<readonly [string, readonly Route[], number | string]>([
    [
      'the longest prefix wins',
      [route('default', 1), route('203.0.113.0/24', 2), route('203.0.0.0/16', 3)],
      2,
    ],
    [
      'then the lowest metric',
      [route('default', 1, { metric: 600 }), route('default', 2, { metric: 100 })],
      2,
    ],
    ['a missing metric is 0', [route('default', 1, { metric: 100 }), route('default', 2)], 2],
    [
      'table local comes before main',
      [route('203.0.113.1/32', 1), route('203.0.0.0/16', 2, { table: 'local' })],
      2,
    ],
    [
      'throw leads to the next table',
      [route('default', 1, { table: 'local', type: 'throw' }), route('default', 2)],
      2,
    ],
    [
      'a route whose next hop is dead is passed over',
      [
        route('203.0.113.0/24', 1, { nextHops: [{ ifindex: 1, flags: ['dead', 'linkdown'] }] }),
        route('default', 2),
      ],
      2,
    ],
    [
      'a blackhole is found',
      [route('default', 1), route('203.0.113.0/24', 0, { type: 'blackhole', nextHops: [] })],
      'blackhole',
    ],
    ['nothing fits', [route('10.0.0.0/8', 1)], 'none'],
    ['routes of the other family do not fit', [route('::/0', 1)], 'none'],
  ])('%s', (_, routes, expected) => {
    expect(chosen(routes)).toBe(expected);
  });

  test('is unread where routes were not read', () => {
    const { routes: _, ...namespace } = world().web;
    expect(lookUpRoute(namespace, '203.0.113.1')).toEqual({ kind: 'unread' });
  });

  test('is uncertain where a table exists that only policy rules reach', () => {
    expect(look([route('default', 1), route('default', 2, { table: '51820' })])).toHaveProperty('uncertain');
    expect(look([route('default', 1), route('::/0', 2, { table: '51820' })])).not.toHaveProperty('uncertain');
  });

  test('gives the source: its own, else an address of its link', () => {
    const { web } = world();
    expect(findSource(web, '203.0.113.1')).toBe('172.17.0.2');
    const two = [address(2, '172.17.0.2/16'), address(2, '172.17.0.9/16')];
    const routes = [route('default', 2, { source: '172.17.0.9' })];
    expect(findSource({ ...web, addresses: two, routes }, '203.0.113.1')).toBe('172.17.0.9');
  });
});
