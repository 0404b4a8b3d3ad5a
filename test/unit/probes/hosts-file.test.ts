import { describe, expect, test } from 'vitest';
import { findInHosts } from '../../../probes/hosts-file.ts';

describe('a hosts file', () => {
  const text =
    '127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\n192.0.2.7 db.example DB # web\nx db\n192.0.2.8 mydb\n';
  test.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['db', ['192.0.2.7']],
    ['DB.example.', ['192.0.2.7']],
    ['web', []],
    ['192.0.2.7', []],
  ])('gives %s the addresses %j', (name, addresses) => {
    expect(findInHosts(text, name)).toEqual(addresses);
  });
});
