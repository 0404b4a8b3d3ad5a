import { describe, expect, test } from 'vitest';
import { attach, detach, listAttached, sweepAttached } from '../../../src/live/attach.ts';
import { SystemError } from '../../../src/system/system.ts';
import { container, namespace } from '../../helpers/made-up.ts';
import { type MemoryFiles, memoryFiles } from '../../helpers/memory-files.ts';
import { scriptedSystem } from '../../helpers/scripted-system.ts';

const web = namespace({ id: '41', name: 'web', paths: ['/proc/40/ns/net'], pids: [40] });
const namespaces = { '/proc/40/ns/net': '41', '/proc/50/ns/net': '51' };

/** A machine where `ip netns` has been used before, and one where it has not. */
const used = () => memoryFiles({ namespaces: { ...namespaces, '/run/netns/blue': '60' } });
const fresh = () => memoryFiles({ namespaces });
const systemOf = (files: MemoryFiles) => scriptedSystem({ files });

describe('attaching', () => {
  test.each([
    ['where ip netns has been used', used],
    ['where /run/netns does not exist yet', fresh],
  ])('%s gives the namespace a name, and detaching leaves everything as it was', (_, make) => {
    const files = make();
    const before = files.picture();
    expect(attach(systemOf(files), web)).toEqual({ name: 'web', inode: '41' });
    expect(files.identify('/run/netns/web').inode).toBe('41');
    expect(listAttached(files)).toEqual([{ name: 'web', inode: '41' }]);
    detach(systemOf(files), 'web');
    expect(files.picture()).toEqual(before);
  });

  test('the first name makes the directory as ip netns does: a shared mount of itself', () => {
    const files = fresh();
    attach(systemOf(files), web);
    expect(files.picture()).toContain('/run/netns on /run/netns shared');
  });

  test('takes the name that is asked for', () => {
    const files = used();
    expect(attach(systemOf(files), web, 'frontend').name).toBe('frontend');
    expect(files.identify('/run/netns/frontend').inode).toBe('41');
  });

  test('makes a file name of a container’s name', () => {
    const odd = { ...web, containers: [container({ name: 'a/b c' })] };
    expect(attach(systemOf(used()), odd).name).toBe('a-b-c');
  });

  test.each(['../etc', 'a/b', '', '.hidden', '-n', 'x'.repeat(300)])(
    'refuses the name %j as wrong usage',
    (name) => {
      const files = used();
      const before = files.picture();
      expect(() => attach(systemOf(files), web, name)).toThrow(expect.objectContaining({ exitCode: 2 }));
      expect(files.picture()).toEqual(before);
    },
  );

  test('refuses a name that exists, and leaves it alone', () => {
    const files = used();
    const before = files.picture();
    expect(() => attach(systemOf(files), web, 'blue')).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(files.picture()).toEqual(before);
  });

  test('refuses a namespace that is gone, although another one has its file by now', () => {
    const gone = { ...web, id: '99' };
    expect(() => attach(systemOf(used()), gone)).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  test.each([
    ['where ip netns has been used', used],
    ['where /run/netns does not exist yet', fresh],
  ])('undoes what it has done when the kernel refuses the mount, %s', (_, make) => {
    const files = make();
    const before = files.picture();
    const refusing: MemoryFiles = {
      ...files,
      bindMount: (source, target, how) => {
        if (target === '/run/netns/web') throw new SystemError('EPERM', `mount ${target}`);
        files.bindMount(source, target, how);
      },
    };
    expect(() => attach(systemOf(refusing), web)).toThrow(
      expect.objectContaining({ exitCode: 4, advice: 'run as root' }),
    );
    expect(files.picture()).toEqual(before);
  });

  test('of several names keeps the others when one goes', () => {
    const files = fresh();
    attach(systemOf(files), web);
    attach(systemOf(files), { ...web, id: '51', name: 'db', paths: ['/proc/50/ns/net'], pids: [50] });
    detach(systemOf(files), 'web');
    expect(files.list('/run/netns')).toEqual(['db']);
    expect(files.identify('/run/netns/db').inode).toBe('51');
  });
});

describe('detaching', () => {
  test('refuses a name that netpeek did not attach, and says how to remove it all the same', () => {
    const files = used();
    const before = files.picture();
    expect(() => detach(systemOf(files), 'blue')).toThrow(
      expect.objectContaining({ exitCode: 3, advice: expect.stringContaining('ip netns delete blue') }),
    );
    expect(files.picture()).toEqual(before);
  });

  test('of a name that somebody has given to another namespace since takes away the note alone', () => {
    const files = used();
    attach(systemOf(files), web);
    files.unmount('/run/netns/web');
    files.bindMount('/proc/50/ns/net', '/run/netns/web');
    detach(systemOf(files), 'web');
    expect(files.identify('/run/netns/web').inode).toBe('51');
    expect(listAttached(files)).toEqual([]);
  });

  test('of a name that somebody has removed already is done', () => {
    const files = used();
    const before = files.picture();
    attach(systemOf(files), web);
    files.unmount('/run/netns/web');
    files.remove('/run/netns/web');
    detach(systemOf(files), 'web');
    expect(files.picture()).toEqual(before);
  });

  test('passes over notes that are none', () => {
    const files = used();
    files.makeDirectory('/run/netpeek/netns');
    files.writeText('/run/netpeek/netns/junk', '{"name":');
    expect(listAttached(files)).toEqual([]);
  });
});

describe('sweeping', () => {
  test('takes away what a process that has ended attached, and keeps the living one’s and what was to stay', () => {
    const files = used();
    attach(systemOf(files), web, 'dead', '10:1');
    attach(systemOf(files), web, 'alive', '11:1');
    attach(systemOf(files), web, 'stays');
    expect(sweepAttached(files, (owner) => owner === '11:1')).toEqual(['dead']);
    expect([...files.list('/run/netns')].sort()).toEqual(['alive', 'blue', 'stays']);
    expect(
      listAttached(files)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['alive', 'stays']);
  });
});
