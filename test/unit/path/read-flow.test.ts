import { describe, expect, test } from 'vitest';
import { EXIT, UserError } from '../../../src/model/user-error.ts';
import { readFlow } from '../../../src/path/read-flow.ts';
import { world } from '../checks/world.ts';

const { snapshot } = world();
const find = (text: string) => {
  const found = snapshot.namespaces.find(({ name }) => name === text);
  if (!found) throw new UserError(EXIT.noTarget, `nothing is called ${text}`);
  return found;
};
const read = (to: string | undefined, more: { readonly from?: string; readonly proto?: string } = {}) =>
  readFlow(snapshot, { from: 'web', to, ...more }, find);

describe('a destination', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', null],
    ['192.0.2.1:443', '192.0.2.1', 443],
    ['192.0.2.1:65535', '192.0.2.1', 65_535],
    ['2001:db8::1', '2001:db8::1', null],
    ['[2001:db8::1]:53', '2001:db8::1', 53],
    ['[2001:db8::1]', '2001:db8::1', null],
    ['internet', '203.0.113.1', null],
  ])('%s is an address', (text, address, port) => {
    expect(read(text)).toMatchObject({ to: { kind: 'address', address, text }, port });
  });

  test('left out, it is the internet', () => {
    expect(read(undefined)).toEqual(read('internet'));
  });

  test.each([
    ['db', '4000', null],
    ['db:5432', '4000', 5432],
  ])('%s is a target', (text, id, port) => {
    expect(read(text)).toMatchObject({ to: { kind: 'namespace', id, text }, port });
  });

  test.each([
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
    '[::1]80x',
    '[::1',
    '1.2.3.4:80:90',
    'db:http',
    'db:0',
  ])('%j is refused as wrong usage', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });

  test.each(['', ':80', '::g', 'a:b:c', 'example.org', 'nobody:80'])(
    '%j is no target, and refused as such',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ exitCode: EXIT.noTarget }));
    },
  );
});

describe('a protocol', () => {
  test('is tcp with a port, else icmp', () => {
    expect(read('db:5432').proto).toBe('tcp');
    expect(read('db').proto).toBe('icmp');
    expect(read('db:53', { proto: 'udp' }).proto).toBe('udp');
  });

  test('that is unknown, and icmp with a port, are refused as wrong usage', () => {
    expect(() => read('db', { proto: 'sctp' })).toThrow(/no protocol/);
    expect(() => read('192.0.2.1:80', { proto: 'icmp' })).toThrow(/no ports/);
  });
});

describe('a sender', () => {
  test('that is an address of a namespace is that namespace', () => {
    expect(read('db', { from: '172.17.0.2' }).from).toEqual({
      kind: 'namespace',
      id: '2000',
      text: '172.17.0.2',
    });
  });

  test('that is nobody’s address is outside', () => {
    expect(read('db', { from: '192.0.2.7' }).from).toMatchObject({ kind: 'address', address: '192.0.2.7' });
  });

  test('whose address several namespaces have is refused with their names', () => {
    expect(() => read('db', { from: '127.0.0.1' })).toThrow(
      expect.objectContaining({
        exitCode: EXIT.noTarget,
        advice: expect.stringContaining('host, web, web2'),
      }),
    );
  });
});
