import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanBytes, cleanName, cleanText, originalName } from '../../../src/model/clean-text.ts';

/** What a terminal obeys (C0, DEL, C1) or what hides and reorders text (Unicode's Cf, line separators). */
const DANGEROUS = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/u;

describe('cleaning text', () => {
  test.each([
    ['an escape sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['a window title', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['a C1 control', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['a line feed', 'a\nb', 'a\\x0ab'],
    ['a right-to-left override', 'gpj\u202eexe', 'gpj\\u202eexe'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['a byte order mark', '\ufeffweb', '\\ufeffweb'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
  ])('writes %s out', (_, hostile, clean) => {
    expect(cleanText(hostile)).toBe(clean);
  });

  test.each(['eth0@if5', '--help', 'veth3f2a', 'größe', '数据库', '🐳', 'a b', 'back\\slash'])(
    'leaves %s as it is',
    (text) => {
      expect(cleanText(text)).toBe(text);
    },
  );

  test('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text)).not.toMatch(DANGEROUS);
      }),
    );
  });
});

describe('cleaning names', () => {
  test.each([
    ['the plain text of an escape', '\\x1b', '\\x5cx1b'],
    ['the plain text of a long one', '\\u202e', '\\x5cu202e'],
    ['the plain text of an escaped backslash', '\\x5cx1b', '\\x5cx5cx1b'],
    ['other backslashes', 'back\\slash\\x', 'back\\slash\\x'],
  ])('writes %s so that it is no escape', (_, name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  test('shows no two names alike, and can be undone', () => {
    const unit = fc.constantFrom('\\', 'x', 'u', '1', 'b', '0', '5', 'c', '\u001b', '\u009b', '\u202e');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 15 }), (name) => {
        expect(originalName(cleanName(name))).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  test('cannot be undone where bytes are no UTF-8', () => {
    expect(originalName(cleanBytes(Uint8Array.of(0x61, 0xff)))).toBeUndefined();
  });
});

describe('cleaning bytes', () => {
  test('keeps a byte apart from the character of its number, and from its own escape', () => {
    const names = [Uint8Array.of(0x9b), Uint8Array.of(0xc2, 0x9b), new TextEncoder().encode('\\x9b')];
    expect(names.map(cleanBytes)).toEqual(['\\x9b', '\\u009b', '\\x5cx9b']);
  });

  test('decodes UTF-8', () => {
    expect(cleanBytes(new TextEncoder().encode('数eth\u001b'))).toBe('数eth\\x1b');
  });

  test('writes bytes out that are no UTF-8', () => {
    expect(cleanBytes(Uint8Array.of(0x61, 0xff, 0xc3, 0x62))).toBe('a\\xff\\xc3b');
  });

  test('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (bytes) => {
        expect(cleanBytes(bytes)).not.toMatch(DANGEROUS);
      }),
    );
  });

  test('keeps names apart that differ in a byte that is no UTF-8', () => {
    const broken = fc.uint8Array({ min: 0x80, max: 0xff, minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(broken, broken, (a, b) => {
        fc.pre(Buffer.compare(a, b) !== 0);
        expect(cleanBytes(Buffer.concat([Buffer.from('eth'), a]))).not.toBe(
          cleanBytes(Buffer.concat([Buffer.from('eth'), b])),
        );
      }),
    );
  });
});

test('a byte order mark in front is part of the name and is seen', () => {
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
  expect(cleanBytes(bytes)).toBe('\\ufeffa');
});
