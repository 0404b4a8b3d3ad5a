import { describe, expect, test } from 'vitest';
import { EXIT, UserError } from '../../../../src/model/user-error.ts';
import { readHostName } from '../../../../src/path/names/read-name.ts';
import { world } from '../../checks/world.ts';

const { snapshot } = world();
const find = (text: string) => {
  const found = snapshot.namespaces.find(({ name }) => name === text);
  if (text === 'gone')
    throw new UserError(EXIT.noTarget, 'container gone is exited and has no network namespace');
  if (!found) throw new UserError(EXIT.noTarget, `nothing here is called '${text}'`);
  return found;
};

describe('a name of a host', () => {
  test.each([
    ['example.org', 'example.org', null],
    ['example.org:443', 'example.org', 443],
    ['store', 'store', null],
    ['web.', 'web.', null],
    ['_dmarc.example.org', '_dmarc.example.org', null],
    ['7.example', '7.example', null],
  ])('is %s', (text, name, port) => {
    expect(readHostName(text, find)).toEqual({ name, port });
  });

  test.each([
    'web',
    'web:80',
    'gone',
    'internet',
    'pid:7',
    'container:x',
    '192.0.2.1',
    '192.0.2.999',
    '2001:db8::1',
    'example.org:0',
    'example.org:65536',
    'example.org:http',
    '-x.example',
    'a..b',
    '.',
    '',
    'a/b',
    'a b',
    'a\u001b[31m',
    `${'a'.repeat(64)}.example`,
    Array.from({ length: 127 }, () => 'ab').join('.'),
  ])('is not %j', (text) => {
    expect(readHostName(text, find)).toBeUndefined();
  });
});
