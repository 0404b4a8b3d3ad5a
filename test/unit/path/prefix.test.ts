import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { contains, familyOf } from '../../../src/path/prefix.ts';

test.each(['0.0.0.0', '255.255.255.255', '10.0.0.1'])('%s is of IPv4', (text) => {
  expect(familyOf(text)).toBe('ipv4');
});

test.each(['fd00:d::1', '::', '::ffff:10.0.0.1'])('%s is of IPv6', (text) => {
  expect(familyOf(text)).toBe('ipv6');
});

test.each([
  ...['10.1', '0x7f.1', '010.0.0.1', '10.0.0.00', '256.0.0.1', '1.2.3', '1.2.3.4.5', '1..2.3', '.1.2.3'],
  ...['1.2.3.', '', ' 10.0.0.1', '10.0.0.1 ', '10.0.0.1/8', '-1.0.0.1', '1e1.0.0.1', '١.0.0.1', 'db'],
])('%j is no address', (text) => {
  expect(familyOf(text)).toBeUndefined();
});

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['192.0.2.7/32', '192.0.2.6', false],
  ['128.0.0.0/1', '127.255.255.255', false],
  ['10.0.0.0/255.0.255.0', '10.9.0.200', true],
  ['10.0.0.0/255.0.255.0', '10.9.1.200', false],
  ['10.0.0.0/33', '10.0.0.0', undefined],
  ['10.0.0.0/x', '10.0.0.0', undefined],
  ['10.0.0/8', '10.0.0.0', undefined],
  ['10.0.0.0/8', 'db', undefined],
  ['10.0.0.0/8', 'fd00::1', false],
  ['fd00::/8', 'fdff::1', true],
  ['fd00::/8', 'fe00::1', false],
])('%s holds %s: %s', (prefix, address, held) => {
  expect(contains(prefix, address)).toBe(held);
});

test('every length holds what the bits say', () => {
  const base = '172.21.85.170';
  for (let length = 0; length <= 32; length += 1)
    for (let bit = 0; bit < 32; bit += 1) {
      const bytes = ipaddr.parse(base).toByteArray();
      const index = bit >> 3;
      bytes[index] = (bytes[index] ?? 0) ^ (0x80 >> (bit & 7));
      expect(contains(`${base}/${length}`, bytes.join('.')), `${bytes.join('.')} in /${length}`).toBe(
        bit >= length,
      );
    }
});
