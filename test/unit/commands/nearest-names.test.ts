import { describe, expect, test } from 'vitest';
import { nearestNames } from '../../../src/commands/nearest-names.ts';

const names = ['web', 'worker', 'database', 'shop-web-1', 'host'];

describe('the nearest names', () => {
  test.each([
    ['wbe', ['web'], 'two letters changed places'],
    ['we', ['web'], 'its beginning'],
    ['shop', ['shop-web-1'], 'its beginning, however long the rest'],
    ['databse', ['database'], 'a letter is missing'],
    ['workerr', ['worker'], 'a letter too many'],
    ['zzz', [], 'nothing like it'],
    ['x', [], 'one letter that is in none'],
  ])('to %s are %j: %s', (word, expected) => {
    expect(nearestNames(word, names)).toEqual(expected);
  });

  test('come nearest first, each once, and three at most', () => {
    expect(nearestNames('weba', ['webxx', 'webb', 'webb', 'weba1', 'webab', 'webac'])).toEqual([
      'weba1',
      'webab',
      'webac',
    ]);
    expect(nearestNames('wab', ['wabc', 'web'])).toEqual(['wabc', 'web']);
  });
});
