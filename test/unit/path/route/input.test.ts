import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../../src/path/route/default-rules.ts';
import { routeInput } from '../../../../src/path/route/input.ts';
import type { RouteAnswer } from '../../../../src/path/route/query.ts';
import { type Given, query, route, rule, world } from './world.ts';

const brief = (answer: RouteAnswer): string =>
  answer.kind === 'found'
    ? `${answer.type} ${answer.link}`
    : answer.kind === 'refused'
      ? answer.how
      : `unknown: ${answer.why}`;
const from = (source: string, destination: string, given: Given = {}, inLink = 'a') =>
  brief(routeInput(world(given), { ...query(destination, { source }), inLink }));
const ALSO_NOP = [...DEFAULT_RULES.ipv4, rule(40000, { action: 'nop' })];

describe('a packet that comes in', () => {
  test.each<readonly [string, string, string, Given, string]>([
    ['is forwarded', '10.0.0.7', '10.0.1.7', {}, 'unicast b'],
    ['is delivered', '10.0.0.7', '10.0.1.1', {}, 'local lo'],
    [
      'is not forwarded where that is off',
      '10.0.0.7',
      '10.0.1.7',
      { sysctls: { 'ipv4/conf/a/forwarding': '0' } },
      'forwarding-off',
    ],
    [
      'is delivered where forwarding is off',
      '10.0.0.7',
      '10.0.1.1',
      { sysctls: { 'ipv4/conf/a/forwarding': '0' } },
      'local lo',
    ],
    ['has no route', '10.0.0.7', '192.0.2.1', {}, 'none'],
    ['comes from loopback', '127.0.0.1', '10.0.1.7', {}, 'martian'],
    [
      'goes to loopback with route_localnet',
      '10.0.0.7',
      '127.0.0.1',
      { sysctls: { 'ipv4/conf/a/route_localnet': '1' } },
      'local lo',
    ],
    ['comes from a multicast address', '224.0.0.1', '10.0.1.7', {}, 'martian'],
    ['comes from an own address', '10.0.1.1', '10.0.1.7', {}, 'martian'],
    [
      'comes from an own address with accept_local',
      '10.0.1.1',
      '10.0.1.7',
      { sysctls: { 'ipv4/conf/all/accept_local': '1' } },
      'unicast b',
    ],
    ['is a broadcast', '10.0.0.7', '10.0.0.255', {}, 'broadcast lo'],
    ['comes without a source, asking for one', '0.0.0.0', '255.255.255.255', {}, 'broadcast lo'],
    ['comes the wrong way, unfiltered', '10.0.1.7', '10.0.0.1', {}, 'local lo'],
    [
      'comes the wrong way, filtered strictly',
      '10.0.1.7',
      '10.0.0.1',
      { sysctls: { 'ipv4/conf/all/rp_filter': '1' } },
      'reverse-path',
    ],
    [
      'comes the wrong way, filtered loosely',
      '10.0.1.7',
      '10.0.0.1',
      { sysctls: { 'ipv4/conf/a/rp_filter': '2', 'ipv4/conf/all/rp_filter': '1' } },
      'local lo',
    ],
    [
      'comes from where no route leads, filtered loosely',
      '192.0.2.1',
      '10.0.0.1',
      { sysctls: { 'ipv4/conf/a/rp_filter': '2' } },
      'reverse-path',
    ],
  ])('%s', (_title, source, destination, given, expected) => {
    expect(from(source, destination, given)).toBe(expected);
  });

  test('is looked back for with the link it leaves by as the one it comes from, and without its mark', () => {
    const back = {
      routes: [route('192.0.2.0/24', 'a', { table: '100' })],
      sysctls: { 'ipv4/conf/a/rp_filter': '1' },
    };
    const rules = (given: object) => [
      DEFAULT_RULES.ipv4[0] ?? rule(0, {}),
      rule(10, { table: '100', ...given }),
      ...DEFAULT_RULES.ipv4.slice(1),
    ];
    expect(from('192.0.2.1', '10.0.1.7', { ...back, rules: rules({ iif: 'b' }) })).toBe('unicast b');
    const marked = { ...back, rules: rules({ fwmark: 1, fwmask: 1 }) };
    const ask = (given: Given) =>
      brief(
        routeInput(world(given), { ...query('10.0.1.7', { source: '192.0.2.1', mark: 1 }), inLink: 'a' }),
      );
    expect(ask(marked)).toBe('reverse-path');
    const valid = { ...back.sysctls, 'ipv4/conf/a/src_valid_mark': '1' };
    expect(ask({ ...marked, sysctls: valid })).toBe('unicast b');
  });

  test('from a broadcast address depends on whether rules were ever added', () => {
    const away = { rules: ALSO_NOP };
    expect(from('10.0.0.255', '10.0.1.7')).toContain('unknown: whether policy rules or local routes');
    expect(from('10.0.0.255', '10.0.1.7', away)).toBe('martian');
  });

  test('of IPv6 needs forwarding of all links, or of its own by force', () => {
    const given = { routes: [route('2001:db8:9::/64', 'b')] };
    const on = { ...given, sysctls: { 'ipv6/conf/all/forwarding': '1' } };
    const forced = { ...given, sysctls: { 'ipv6/conf/a/force_forwarding': '1' } };
    expect(from('fd00::7', '2001:db8:9::1', given)).toBe('forwarding-off');
    expect(from('fd00::7', '2001:db8:9::1', on)).toBe('unicast b');
    expect(from('fd00::7', '2001:db8:9::1', forced)).toBe('unicast b');
    expect(from('fe80::7', '2001:db8:9::1', on)).toBe('martian');
    expect(from('fd00::7', 'fd00::1', given)).toBe('local lo');
  });

  test('cannot be judged without sysctls', () => {
    const { sysctls: _sysctls, ...unread } = world();
    const answer = routeInput(unread, { ...query('10.0.1.7', { source: '10.0.0.7' }), inLink: 'a' });
    expect(brief(answer)).toBe('unknown: the sysctls of a were not read');
  });
});
