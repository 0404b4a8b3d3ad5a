import { describe, expect, test } from 'vitest';
import type { Gap } from '../../../src/model/gap.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Route } from '../../../src/model/route.ts';
import { withoutCutTables } from '../../../src/path/trusted-tables.ts';
import { ask, route, world } from '../checks/world.ts';

/** A web whose routes lead nowhere, beside these gaps. */
const diagnosed = (gaps: readonly Gap[], routes: readonly Route[] = [route('192.0.2.0/24', 2)]) =>
  ask({ web: { routes }, snapshot: { gaps } }, { to: '203.0.113.1' });
const cut = (probe: string, namespace: string): Gap => ({
  probe,
  namespace,
  reason: 'showing the first 1 of 2 routes',
});

describe('a table that was cut off', () => {
  const { web, snapshot } = world();
  const others = snapshot.namespaces.filter(({ id }) => id !== web.id);
  const sorted = (namespaces: readonly Namespace[]) =>
    namespaces.toSorted((one, other) => one.id.localeCompare(other.id));

  test('is no proof that a route is missing', () => {
    expect(diagnosed([]).causes.map(({ id }) => id)).toEqual(['ctr-no-route']);
    const { causes, verdict, hops } = diagnosed([cut('routes', web.id)]);
    expect(causes).toEqual([]);
    expect(verdict).toBe('undecided');
    expect(hops).toMatchObject([{ verdict: 'unknown', detail: expect.stringContaining('not in full') }]);
  });

  test('is no proof either that a route was found: a longer prefix may be in the rest', () => {
    const { hops } = diagnosed([cut('routes', web.id)], [route('default', 2)]);
    expect(hops).toMatchObject([{ verdict: 'unknown' }]);
  });

  test.each(['links', 'addresses', 'routes', 'neighbours'] as const)(
    'is taken for not read: %s, of that namespace alone',
    (table) => {
      const { namespaces } = withoutCutTables({ ...snapshot, gaps: [cut(table, web.id)] });
      const { [table]: _, ...rest } = web;
      expect(sorted(namespaces)).toEqual(sorted([...others, rest]));
    },
  );

  test('of FDB entries takes nothing from the path', () => {
    expect(withoutCutTables({ ...snapshot, gaps: [cut('fdb', web.id)] }).namespaces).toEqual(
      snapshot.namespaces,
    );
  });
});
