import { describe, expect, test } from 'vitest';
import { diffSnapshots } from '../../../../src/discover/diff.ts';
import type { Namespace } from '../../../../src/model/namespace.ts';
import { formatDifference } from '../../../../src/view/diff-lines.ts';
import { link, namespace, snapshot } from '../../../helpers/made-up.ts';

const route = (third: number, gateway = '10.0.0.1', ifindex = 2) =>
  ({
    family: 'ipv4',
    destination: `10.0.${third}.0/24`,
    type: 'unicast',
    table: 'main',
    protocol: 'boot',
    scope: 'global',
    nextHops: [{ gateway, ifindex, flags: [] }],
  }) as const;
const address = (ifindex: number) =>
  ({ ifindex, family: 'ipv4', address: '192.0.2.1', prefixLength: 24, scope: 'global', flags: [] }) as const;

/** A snapshot of one namespace with these tables, of which `cut` were not kept whole. */
const taken = (tables: Partial<Namespace>, ...cut: readonly string[]) => {
  const one = namespace({ name: 'router', links: [link()], ...tables });
  const gaps = cut.map((probe) => ({ probe, namespace: one.id, reason: 'showing the first 2 of 9' }));
  return snapshot({ namespaces: [one], gaps });
};
const compare = (...two: Parameters<typeof diffSnapshots>) => {
  const { differences, comparedInPart } = diffSnapshots(...two);
  return { lines: differences.map((each) => formatDifference(each).text), comparedInPart };
};

describe('of a table that was cut', () => {
  const older = { routes: [route(2), route(3)] };
  // Route 1 came and pushed route 3 over the edge.
  const newer = { routes: [route(1), route(2)] };
  const inPart = ['router routes'];

  test('at both times, neither what came nor what went is told, and that is said', () => {
    expect(compare(taken(older, 'routes'), taken(newer, 'routes'))).toEqual({
      lines: [],
      comparedInPart: inPart,
    });
  });

  test('at one time, only what the whole one lacks is told', () => {
    expect(compare(taken(older), taken(newer, 'routes'))).toEqual({
      lines: ['+ route router 10.0.1.0/24 via 10.0.0.1 dev eth0'],
      comparedInPart: inPart,
    });
    expect(compare(taken(older, 'routes'), taken(newer))).toEqual({
      lines: ['- route router 10.0.3.0/24 via 10.0.0.1 dev eth0'],
      comparedInPart: inPart,
    });
  });

  test('what changed is told: both hold it', () => {
    const changed = { routes: [route(1), route(2, '10.0.0.9')] };
    expect(compare(taken(older, 'routes'), taken(changed, 'routes')).lines).toEqual([
      '~ route router 10.0.2.0/24 next hop via 10.0.0.1 dev eth0 → via 10.0.0.9 dev eth0',
    ]);
  });

  test('of links, a link beyond the edge makes no other address, route or neighbour', () => {
    const tables = { addresses: [address(7)], routes: [route(1, '10.0.0.1', 7)] };
    const before = taken({ ...tables, links: [link(), link({ ifindex: 7, name: 'eth7' })] }, 'links');
    const after = taken({ ...tables, links: [link({ ifindex: 1, name: 'new' }), link()] }, 'links');
    expect(compare(before, after)).toEqual({
      lines: [],
      comparedInPart: ['router links', 'router addresses', 'router routes'],
    });
  });
});

test('a table that is whole is compared whole, whatever other tables are', () => {
  const gap = { probe: 'routes', namespace: 'another', reason: 'showing the first 2 of 9' };
  const before = { ...taken({ routes: [route(1)] }, 'neighbours'), gaps: [gap] };
  expect(compare(before, taken({ routes: [] }))).toEqual({
    lines: ['- route router 10.0.1.0/24 via 10.0.0.1 dev eth0'],
    comparedInPart: [],
  });
});
