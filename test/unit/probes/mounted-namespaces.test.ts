import { describe, expect, test } from 'vitest';
import { searchHeldNamespaces } from '../../../probes/held-namespaces.ts';
import { parseMountinfo } from '../../../probes/mounted-namespaces.ts';
import type { Files } from '../../../src/system/system.ts';

const nsfs = (inode: number, path: string) => `108 43 0:4 net:[${inode}] ${path} rw shared:7 - nsfs nsfs rw`;

describe('mountinfo', () => {
  test('gives network namespaces, not others, with their escapes undone', () => {
    const text = [
      '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
      nsfs(4026532254, '/run/docker/netns/a0a278ac7ae3'),
      nsfs(4026532255, '/tmp/with\\040space\\134'),
      '109 43 0:4 mnt:[4026532000] /tmp/mnt rw - nsfs nsfs rw',
      '110 43 0:40 net:[4026532001] /tmp/fake rw - tmpfs tmpfs rw',
      'garbage',
      '',
    ].join('\n');
    expect(parseMountinfo(text)).toEqual([
      { inode: '4026532254', path: '/run/docker/netns/a0a278ac7ae3' },
      { inode: '4026532255', path: '/tmp/with space\\' },
    ]);
  });
});

describe('the search for held namespaces', () => {
  const links: Record<string, string> = {
    '/proc/7/ns/mnt': 'mnt:[1]',
    '/proc/8/ns/mnt': 'mnt:[1]',
    '/proc/9/ns/mnt': 'mnt:[2]',
    '/proc/8/fd/0': 'pipe:[5]',
    '/proc/8/fd/3': 'net:[30]',
    '/proc/9/fd/4': 'net:[10]',
  };
  const lists: Record<string, string[]> = {
    '/proc': ['7', '8', '9', 'sys'],
    '/proc/8/fd': ['0', '3'],
    '/proc/9/fd': ['4'],
  };
  const texts: Record<string, string> = {
    '/proc/7/mountinfo': nsfs(10, '/run/a'),
    '/proc/9/mountinfo': nsfs(20, '/b'),
  };
  const from =
    <T>(table: Record<string, T>) =>
    (path: string) => {
      const value = table[path];
      if (value === undefined) throw new Error(`no ${path}`);
      return value;
    };
  const files = { readLink: from(links), list: from(lists), readText: from(texts) } as unknown as Files;

  test('looks into each mount namespace once and at every descriptor, and passes over what is known', () => {
    expect(searchHeldNamespaces(files, new Set(['10']))).toEqual([
      { inode: '30', path: '/proc/8/fd/3' },
      { inode: '20', path: '/proc/9/root/b' },
    ]);
  });
});
