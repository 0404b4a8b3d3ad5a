import { describe, expect, test } from 'vitest';
import { matchTarget, parseTarget } from '../../../src/model/targets.ts';
import { container, namespace } from '../../helpers/made-up.ts';

const host = namespace({ id: '100', name: 'host', kind: 'host', pids: [1, 2] });
const web = namespace({
  id: '200',
  name: 'web',
  names: ['web', 'shop-web-1'],
  pids: [40],
  containers: [
    container({ id: 'abcdef0123', name: 'web', compose: { project: 'shop', service: 'frontend' } }),
    container({ id: 'beef000000', name: 'sidecar' }),
  ],
});
const abc = namespace({ id: '300', name: 'abc', containers: [container({ id: '1234567890', name: 'abc' })] });
const blue = namespace({ id: '400', name: 'blue', kind: 'named', paths: ['/run/netns/blue'] });
const all = [host, web, abc, blue];

/** The names of what any reading of the word leads to. */
const found = (text: string) =>
  parseTarget(text).flatMap((target) => matchTarget(target, all).map(({ name }) => name));

describe('a target', () => {
  test.each([
    ['host', ['host']],
    ['web', ['web']],
    ['shop-web-1', ['web']],
    ['sidecar', ['web']],
    ['frontend', ['web']],
    ['shop/frontend', ['web']],
    ['container:sidecar', ['web']],
    ['container:shop/frontend', ['web']],
    ['container:blue', []],
    ['netns:blue', ['blue']],
    ['netns:web', []],
    ['pid:40', ['web']],
    ['pid:41', []],
    ['inode:400', ['blue']],
    ['inode:40', []],
    ['/run/netns/blue', ['blue']],
    ['/run/netns/red', []],
    ['beef', ['web']],
    ['container:beef', ['web']],
    ['abcdef0123', ['web']],
    ['abcd', ['web']],
    ['BEEF', []],
  ])('%s names %j', (text, names) => {
    expect(found(text)).toEqual(names);
  });

  test('that is somebody’s exact name is not taken for an id prefix', () => {
    expect(found('abc')).toEqual(['abc']);
  });

  test('of one character is no id prefix', () => {
    expect(found('b')).toEqual([]);
  });

  test('with a slash may name a link, and the reading as a whole comes first', () => {
    expect(parseTarget('shop/frontend')).toEqual([
      { text: 'shop/frontend', scope: 'any', value: 'shop/frontend' },
      { text: 'shop/frontend', scope: 'any', value: 'shop', link: 'frontend' },
    ]);
    expect(parseTarget('shop/frontend/eth0').at(-1)).toMatchObject({ value: 'shop/frontend', link: 'eth0' });
    expect(parseTarget('container:web/eth0').at(-1)).toMatchObject({
      scope: 'container',
      value: 'web',
      link: 'eth0',
    });
  });

  test('is not cut at a slash with nothing on one side of it', () => {
    expect(parseTarget('web/')).toHaveLength(1);
    expect(parseTarget('/run/netns/blue')).toEqual([
      { text: '/run/netns/blue', scope: 'path', value: '/run/netns/blue' },
    ]);
  });
});
