import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realFiles } from '../../../src/system/files.ts';

const { readRegular } = realFiles();

describe('a file that somebody else may have put there', () => {
  let outside: string;
  let root: string;
  beforeAll(() => {
    outside = mkdtempSync(join(tmpdir(), 'netpeek-regular-'));
    root = join(outside, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    mkdirSync(join(root, 'run'));
    writeFileSync(join(outside, 'secret'), 'outside');
    writeFileSync(join(root, 'secret'), 'inside');
    writeFileSync(join(root, 'run/conf'), 'nameserver 192.0.2.1\n');
  });
  afterAll(() => rmSync(outside, { recursive: true }));

  const readInRoot = (path: string, limitBytes = 100) =>
    new TextDecoder().decode(readRegular(path, { limitBytes, root }));

  test('is read whole where it is a regular one', () => {
    expect(readInRoot('/run/conf')).toBe('nameserver 192.0.2.1\n');
    expect(readInRoot('run/../run/./conf')).toBe('nameserver 192.0.2.1\n');
  });

  test.each([
    ['absolute', '/run/conf'],
    ['relative', '../run/conf'],
    ['to another link', 'again'],
  ])('is found through a symbolic link that is %s', (kind, target) => {
    symlinkSync('/run/conf', join(root, 'etc', `again-${kind}`));
    const link = join(root, 'etc', `link-${kind}`);
    symlinkSync(target === 'again' ? `again-${kind}` : target, link);
    expect(readInRoot(`/etc/link-${kind}`)).toBe('nameserver 192.0.2.1\n');
  });

  test.each([['/secret'], ['../../../../../../secret'], ['../../secret']])(
    'is never one outside the root: %s',
    (target) => {
      const link = join(root, 'etc', target.replaceAll('/', '_'));
      symlinkSync(target, link);
      expect(readInRoot(`/etc/${target.replaceAll('/', '_')}`)).toBe('inside');
    },
  );

  test('is not looked for outside where a directory on the way is a link', () => {
    symlinkSync(outside, join(root, 'way'));
    expect(() => readInRoot('/way/secret')).toThrow('ENOENT');
  });

  test('is not looked for through the magic links of /proc', () => {
    symlinkSync('/proc/self/cwd', join(root, 'magic'));
    expect(() => readInRoot('/magic/package.json')).toThrow('ENOENT');
  });

  test('is refused where links lead in a circle', () => {
    symlinkSync('circle', join(root, 'circle'));
    expect(() => readInRoot('/circle')).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  test.each(['/fifo', '/run', '/'])('is refused where it is no regular file, without waiting: %s', (path) => {
    if (path === '/fifo') execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(() => readInRoot(path)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test('is refused where it is larger than the limit, however large', () => {
    const huge = join(root, 'huge');
    writeFileSync(huge, '');
    truncateSync(huge, 2 ** 40);
    const refusal = { code: 'EFBIG', message: 'read /huge: larger than 100 bytes' };
    expect(() => readInRoot('/huge')).toThrow(expect.objectContaining(refusal));
    expect(readInRoot('/secret', 'inside'.length)).toBe('inside');
    expect(() => readInRoot('/secret', 'inside'.length - 1)).toThrow(
      expect.objectContaining({ code: 'EFBIG' }),
    );
  });

  test('is read through links where no root is given, and still only if it is regular', () => {
    symlinkSync(join(outside, 'secret'), join(outside, 'link'));
    expect(new TextDecoder().decode(readRegular(join(outside, 'link'), { limitBytes: 100 }))).toBe('outside');
    expect(() => readRegular('/dev/zero', { limitBytes: 100 })).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
  });
});
