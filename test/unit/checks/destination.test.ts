import { describe, expect, test } from 'vitest';
import { parseDestination } from '../../../src/checks/destination.ts';
import { diagnose } from '../../../src/checks/diagnose.ts';
import { UserError } from '../../../src/model/user-error.ts';
import { world } from './world.ts';

describe('a destination', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', null],
    ['192.0.2.1:443', '192.0.2.1', 443],
    ['192.0.2.1:65535', '192.0.2.1', 65_535],
    ['2001:db8::1', '2001:db8::1', null],
    ['[2001:db8::1]:53', '2001:db8::1', 53],
    ['[2001:db8::1]', '2001:db8::1', null],
    ['internet', '203.0.113.1', null],
  ])('%s is understood', (text, destination, port) => {
    expect(parseDestination(text)).toEqual({ to: text, destination, port });
  });

  test.each([
    '',
    ':80',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:http',
    '192.0.2.1:-1',
    '192.0.2.1:1e3',
    '192.0.2.999',
    '10.1',
    '1.2.3.4.5',
    '[192.0.2.1]:80',
    '[::1',
    '[::1]80',
    '::g',
    'a:b:c',
    '1.2.3.4:80:90',
  ])('%j is refused as wrong usage', (text) => {
    const refuse = () => parseDestination(text);
    expect(refuse).toThrow(UserError);
    expect(refuse).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test.each(['example.org', 'web:80', 'localhost'])('the name %s is refused with the reason', (text) => {
    expect(() => parseDestination(text)).toThrow(/names are not resolved yet/);
  });

  test('icmp with a port is refused', () => {
    const { snapshot, web } = world();
    expect(() =>
      diagnose(snapshot, { from: web, fromText: 'web', to: '192.0.2.1:80', proto: 'icmp' }),
    ).toThrow(/no ports/);
  });
});
