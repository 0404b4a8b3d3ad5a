import { describe, expect, test } from 'vitest';
import { openNamespaces } from '../../../src/discover/open-namespaces.ts';
import type { Place } from '../../../src/discover/place.ts';
import { SystemError } from '../../../src/system/system.ts';
import { container } from '../../helpers/made-up.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { scriptedHandle, scriptedSystem } from '../../helpers/scripted-system.ts';

const ID = 'abc123'.padEnd(64, '0');
const web = container({ id: ID, name: 'web', pid: 40 });
const webPlace: Place = { path: '/proc/40/ns/net', kind: 'container', name: 'web', container: web };

type Machine = {
  /** Inodes, or failures, by path. */
  readonly namespaces: Readonly<Record<string, string | SystemError>>;
  /** What /proc/40/cgroup says at each reading; the last goes on. */
  readonly cgroups?: readonly string[];
};

/** A machine, and the handles that are open in it. */
function machine({ namespaces, cgroups = [] }: Machine) {
  const open: string[] = [];
  let reading = 0;
  const files = {
    ...memoryFiles(),
    readText: (path: string) => {
      const text = path === '/proc/40/cgroup' ? cgroups[Math.min(reading, cgroups.length - 1)] : undefined;
      reading += 1;
      if (text === undefined) throw new SystemError('ENOENT', `read ${path}`);
      return text;
    },
  };
  const system = scriptedSystem({
    files,
    namespaces: {
      open: (path) => {
        const id = namespaces[path] ?? new SystemError('ENOENT', `open ${path}`);
        if (id instanceof SystemError) throw id;
        open.push(path);
        return scriptedHandle(id, { close: () => void open.splice(open.indexOf(path), 1) });
      },
    },
  });
  return { system, open };
}

describe('a container’s namespace', () => {
  const namespaces = { '/proc/40/ns/net': '500' };

  test('is opened while its process’s cgroup names the container', () => {
    const { system } = machine({ namespaces, cgroups: [`0::/docker/${ID}\n`] });
    const opened = openNamespaces(system, [webPlace]);
    expect(opened.namespaces.map(({ id }) => id)).toEqual(['500']);
    expect(opened.gaps).toEqual([]);
  });

  test('is not opened for a pid that is another process’s here, and a gap says so', () => {
    const { system, open } = machine({ namespaces, cgroups: ['0::/user.slice\n'] });
    const opened = openNamespaces(system, [webPlace]);
    expect(opened.namespaces).toEqual([]);
    expect(opened.unreached).toEqual([web]);
    expect(opened.gaps).toEqual([
      {
        probe: 'container web',
        reason:
          "pid 40, which the engine gives for web, is not that container's on this machine; its namespace is not shown",
      },
    ]);
    expect(open).toEqual([]);
  });

  test('is let go when the pid has changed hands while it was opened', () => {
    const { system, open } = machine({ namespaces, cgroups: [`0::/docker/${ID}\n`, '0::/user.slice\n'] });
    const opened = openNamespaces(system, [webPlace]);
    expect(opened.namespaces).toEqual([]);
    expect(opened.gaps).toMatchObject([{ probe: 'container web' }]);
    expect(open).toEqual([]);
  });

  test('of a process that has ended is a gap, and the others are opened', () => {
    const { system } = machine({ namespaces: { '/run/netns/blue': '600' } });
    const blue: Place = { path: '/run/netns/blue', kind: 'named', name: 'blue' };
    const opened = openNamespaces(system, [webPlace, blue]);
    expect(opened.namespaces.map(({ id }) => id)).toEqual(['600']);
    expect(opened.gaps).toMatchObject([{ probe: 'container web' }]);
  });
});

describe('namespaces', () => {
  const named = (name: string): Place => ({ path: `/run/netns/${name}`, kind: 'named', name });

  test('that several places lead to are opened once, and closed with the rest', () => {
    const { system, open } = machine({
      namespaces: { '/run/netns/blue': '600', '/run/netns/azure': '600', '/run/netns/red': '700' },
    });
    const opened = openNamespaces(system, ['blue', 'azure', 'red'].map(named));
    expect(opened.namespaces.map(({ id, places }) => [id, places.map(({ name }) => name)])).toEqual([
      ['600', ['blue', 'azure']],
      ['700', ['red']],
    ]);
    expect(open).toHaveLength(2);
    opened.close();
    expect(open).toEqual([]);
  });

  test('that only a bind mount led to so far are known by their process too, and named ones are not', () => {
    const { system } = machine({ namespaces: { '/run/docker/netns/1f': '600', '/run/netns/red': '700' } });
    const mount: Place = {
      path: '/run/docker/netns/1f',
      kind: 'hidden',
      name: '/run/docker/netns/1f',
      inode: '600',
    };
    const process = (inode: string): Place => ({
      path: '/proc/9/ns/net',
      kind: 'process',
      name: 'pid:9',
      inode,
    });
    const opened = openNamespaces(system, [mount, named('red'), process('600'), process('700')]);
    expect(opened.namespaces.map(({ places }) => places.map(({ kind }) => kind))).toEqual([
      ['hidden', 'process'],
      ['named'],
    ]);
  });

  test('that are closed to us are gaps with the way to open them', () => {
    const { system } = machine({ namespaces: { '/run/netns/blue': new SystemError('EPERM', 'setns') } });
    expect(openNamespaces(system, [named('blue')]).gaps).toMatchObject([
      { probe: 'netns blue', needs: expect.stringContaining('run as root') },
    ]);
  });

  test('of processes that have ended since are no gap', () => {
    const { system } = machine({ namespaces: {} });
    const gone: Place = { path: '/proc/9/ns/net', kind: 'process', name: 'pid:9', inode: '800' };
    expect(openNamespaces(system, [gone])).toMatchObject({ namespaces: [], gaps: [] });
  });
});
