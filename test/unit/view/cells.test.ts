import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitCells,
  measureCells,
  packParts,
  truncateEnd,
  truncateMiddle,
  wrapCells,
} from '../../../src/view/cells.ts';

const anyText = fc.string({ unit: 'grapheme' });

describe('cutting by cells', () => {
  it('counts a wide character as two cells and an emoji as one picture', () => {
    expect(truncateEnd('数据库', 5)).toBe('数据…');
    expect(truncateEnd('数据库', 4)).toBe('数…');
    expect(truncateEnd('a👩‍👩‍👧b', 3)).toBe('a…');
    expect(measureCells('数据库')).toBe(6);
  });

  it('keeps both ends of a name that is cut in its middle', () => {
    expect(truncateMiddle('veth1234567890', 9)).toBe('veth…7890');
  });

  it('never takes more cells than there are', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 30 }), (text, cells) => {
        expect(measureCells(truncateEnd(text, cells))).toBeLessThanOrEqual(cells);
        expect(measureCells(truncateMiddle(text, cells))).toBeLessThanOrEqual(cells);
        expect(measureCells(fitCells(text, cells))).toBe(cells);
      }),
    );
  });

  it('lets no control sequence through', () => {
    expect(truncateEnd('\x1b[2Jx', 20)).toBe('\\x1b[2Jx');
    expect(fitCells('a\nb', 8)).toBe('a\\x0ab  ');
  });
});

describe('wrapping', () => {
  it('breaks at spaces, and inside a word only where it must', () => {
    expect(wrapCells('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapCells('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('keeps parts whole', () => {
    expect(packParts(['veth', '', 'mtu 1500', 'no carrier'], 15)).toEqual(['veth · mtu 1500', 'no carrier']);
  });
});
