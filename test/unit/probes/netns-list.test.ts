import { describe, expect, test } from 'vitest';
import { readNamedNamespaces, readProcessNamespaces } from '../../../probes/netns-list.ts';
import { SystemError } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';

describe('the names of ip netns', () => {
  test('are the namespaces mounted there, with their inodes', () => {
    const files = memoryFiles({ namespaces: { '/run/netns/blue': '41', '/run/netns/red': '42' } });
    expect(readNamedNamespaces(files)).toEqual({
      named: [
        { name: 'blue', path: '/run/netns/blue', inode: '41' },
        { name: 'red', path: '/run/netns/red', inode: '42' },
      ],
      gaps: [],
    });
  });

  test('that are plain files are called stale, with the way to be rid of them', () => {
    const files = memoryFiles({ texts: { '/run/netns/old': '' }, namespaces: { '/run/netns/blue': '41' } });
    const { named, gaps } = readNamedNamespaces(files);
    expect(named.map(({ name }) => name)).toEqual(['blue']);
    expect(gaps).toEqual([
      {
        probe: 'netns',
        reason: '/run/netns/old is stale: a plain file, no namespace is mounted there',
        needs: 'ip netns delete old',
      },
    ]);
  });

  test('with control sequences in them are shown as text, and opened as they are', () => {
    const files = memoryFiles({ namespaces: { '/run/netns/b\u001b[2J': '41' } });
    expect(readNamedNamespaces(files).named).toEqual([
      { name: 'b\\x1b[2J', path: '/run/netns/b\u001b[2J', inode: '41' },
    ]);
  });

  test('are not looked at where one mount covers each, and are where several do, or none', () => {
    const files = memoryFiles({
      texts: { '/run/netns/once': '', '/run/netns/old': '' },
      namespaces: { '/run/netns/twice': '42', '/run/netns/link': '43' },
    });
    const mounts = [
      { path: '/run/netns/once', inode: '41' },
      { path: '/run/netns/twice', inode: '1' },
      { path: '/run/netns/twice', inode: '2' },
      { path: '/run/elsewhere', inode: '44' },
    ];
    const { named, gaps } = readNamedNamespaces(files, mounts);
    expect(new Map(named.map(({ name, inode }) => [name, inode]))).toEqual(
      new Map([
        ['once', '41'],
        ['twice', '42'],
        ['link', '43'],
      ]),
    );
    expect(gaps).toMatchObject([{ needs: 'ip netns delete old' }]);
  });

  test('are none where the directory was never made', () => {
    expect(readNamedNamespaces(memoryFiles())).toEqual({ named: [], gaps: [] });
  });
});

describe('the namespaces of processes', () => {
  test('are gathered by inode, pids ascending as numbers', () => {
    const links = {
      '/proc/10/ns/net': 'net:[41]',
      '/proc/9/ns/net': 'net:[41]',
      '/proc/100/ns/net': 'net:[42]',
    };
    const { pidsByInode, unreadable } = readProcessNamespaces(memoryFiles({ links }));
    expect([...pidsByInode]).toEqual([
      ['41', [9, 10]],
      ['42', [100]],
    ]);
    expect(unreadable).toBe(0);
  });

  test('that are closed to us are counted, those of processes that have ended are not', () => {
    const links = {
      '/proc/1/ns/net': new SystemError('EACCES', 'readlink'),
      '/proc/2/ns/net': new SystemError('EPERM', 'readlink'),
      '/proc/3/ns/net': new SystemError('ENOENT', 'readlink'),
      '/proc/4/ns/net': 'net:[41]',
    };
    const { pidsByInode, unreadable } = readProcessNamespaces(memoryFiles({ links }));
    expect([...pidsByInode]).toEqual([['41', [4]]]);
    expect(unreadable).toBe(2);
  });

  test('keep a bounded number of pids', () => {
    const links = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`/proc/${index + 1}/ns/net`, 'net:[41]']),
    );
    const pids = readProcessNamespaces(memoryFiles({ links })).pidsByInode.get('41') ?? [];
    expect(pids.length).toBeLessThan(100);
    expect(pids.slice(0, 3)).toEqual([1, 2, 3]);
  });
});
