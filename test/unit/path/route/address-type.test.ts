import { describe, expect, test } from 'vitest';
import { surroundingsOf } from '../../../../src/path/netfilter/surroundings-of.ts';
import { addressType } from '../../../../src/path/route/address-type.ts';
import { route, world } from './world.ts';

describe('the type of an address', () => {
  test.each([
    ['10.0.0.1', undefined, 'local'],
    ['10.0.0.1', 'a', 'local'],
    ['10.0.0.1', 'b', 'unicast'],
    ['10.0.0.255', undefined, 'broadcast'],
    ['10.0.0.7', undefined, 'unicast'],
    ['224.0.0.1', undefined, 'multicast'],
    ['255.255.255.255', undefined, 'broadcast'],
    ['0.0.0.0', undefined, 'broadcast'],
    ['fd00::1', undefined, 'local'],
    ['fd00::1', 'a', 'local'],
    ['fd00::7', undefined, 'unicast'],
    ['2001:db8:9::1', undefined, 'unreachable'],
    ['ten', undefined, 'unknown'],
  ] as const)('of %s, of link %s, is %s', (address, link, type) => {
    expect(addressType(world(), address, link)).toBe(type);
  });

  test('is unknown where main holds an address, which counts until a rule is changed', () => {
    const routes = [route('192.0.2.1/32', 'lo', { type: 'local', scope: 'host' })];
    expect(addressType(world({ routes }), '192.0.2.1')).toBe('unknown');
  });

  test('is unknown where the tables were not read', () => {
    const { routes: _routes, ...unread } = world();
    expect(surroundingsOf(unread).addressType('10.0.0.1')).toBe('unknown');
  });
});

describe('the surroundings of a packet', () => {
  test('find links and sets by name', () => {
    const set = { name: 'bad', type: 'hash:ip', entries: [] };
    const around = surroundingsOf({ ...world(), ipsets: [set] });
    expect(around.link('b')?.ifindex).toBe(3);
    expect(around.link('gone')).toBeUndefined();
    expect(around.ipset('bad')).toBe(set);
    expect(around.ipset('good')).toBeUndefined();
  });
});
