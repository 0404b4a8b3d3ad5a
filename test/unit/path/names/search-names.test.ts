import { describe, expect, test } from 'vitest';
import {
  inOrderOfUse,
  namesToAsk,
  serversToAsk,
  settingsOf,
} from '../../../../src/path/names/search-names.ts';
import { address, world } from '../../checks/world.ts';

describe('names that are asked for', () => {
  test.each([
    ['www', ['a.example', 'b.example.'], [], ['www.a.example', 'www.b.example', 'www']],
    ['www.x', ['a.example'], [], ['www.x', 'www.x.a.example']],
    ['www.x', ['a.example'], ['ndots:2'], ['www.x.a.example', 'www.x']],
    ['www', ['a.example'], ['ndots:5', 'ndots:0'], ['www', 'www.a.example']],
    ['www.x', ['a.example'], ['ndots:many'], ['www.x', 'www.x.a.example']],
    ['www.', ['a.example'], [], ['www']],
    ['www', ['.'], [], ['www']],
  ])('%s with search %j and options %j', (name, search, options, names) => {
    expect(namesToAsk(name, { search, options })).toEqual(names);
  });

  test('are bounded', () => {
    const search = Array.from({ length: 32 }, (_, index) => `d${index}.example`);
    expect(namesToAsk('www', { search, options: [] })).toHaveLength(7);
  });
});

test('three servers are asked, and the loopback address where none is named', () => {
  expect(serversToAsk({ nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] })).toEqual([
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.3',
  ]);
  expect(serversToAsk({ nameservers: [] })).toEqual(['127.0.0.1']);
});

test('each container that shares a namespace has its own settings', () => {
  const own = {
    path: '/a',
    source: 'process',
    nameservers: [],
    search: [],
    options: [],
    embedded: false,
  } as const;
  const { snapshot } = world();
  const [host] = snapshot.namespaces;
  if (!host) throw new Error('the world has a host');
  const shared = { ...host, resolver: { ...own, others: [{ ...own, path: '/b', container: 'side' }] } };
  expect(settingsOf(shared, 'side')?.path).toBe('/b');
  expect(settingsOf(shared, 'main')?.path).toBe('/a');
});

test.each([
  [[], ['192.0.2.1', '2001:db8::1']],
  [['2001:db8:9::2/64'], ['2001:db8::1', '192.0.2.1']],
  [['fd00::2/64'], ['192.0.2.1', '2001:db8::1']],
])('with the addresses %j, IPv6 comes where it can be used', (own, order) => {
  const [host] = world().snapshot.namespaces;
  if (!host) throw new Error('the world has a host');
  const from = { ...host, addresses: own.map((text) => address(2, text)) };
  expect(inOrderOfUse(['192.0.2.1', '2001:db8::1'], from)).toEqual(order);
});
