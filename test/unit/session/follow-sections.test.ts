import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Difference } from '../../../src/model/difference.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import { followSections } from '../../../src/session/follow-sections.ts';
import { SystemError } from '../../../src/system/system.ts';
import { namespace, snapshot } from '../../helpers/made-up.ts';
import { scriptedHandle, scriptedSystem } from '../../helpers/scripted-system.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A machine whose namespaces hold one sysctl each, by inode; undefined: gone. What was read is noted. */
function machine(forward: Record<string, string | undefined>) {
  const opened: string[] = [];
  const system = scriptedSystem({
    namespaces: {
      open: (path) => {
        const id = path.slice(1);
        if (forward[id] === undefined) throw new SystemError('ENOENT', `open ${path}`);
        opened.push(id);
        return scriptedHandle(id, {
          list: () => [],
          readText: (file) => {
            if (file !== '/proc/sys/net/ipv4/ip_forward') throw new SystemError('ENOENT', `read ${file}`);
            return `${forward[id]}\n`;
          },
        });
      },
    },
  });
  return { system, opened };
}

const at = (id: string, name: string): Namespace => namespace({ id, name, kind: 'named', paths: [`/${id}`] });
const web = at('2', 'web');
const db = at('3', 'db');
const settle = () => vi.advanceTimersByTimeAsync(1_000);

function follow(forward: Record<string, string | undefined>) {
  const { system, opened } = machine(forward);
  const told: Difference[] = [];
  const follower = followSections(system, ['sysctls'], (differences) => void told.push(...differences));
  const texts = () => told.map(({ namespace: where, what, fields }) => [where, what, fields[0]?.after]);
  return { follower, opened, texts };
}

describe('a section that is followed', () => {
  test('is read of every namespace once, without a word, and again where something changed', async () => {
    const forward = { 2: '0', 3: '0' };
    const { follower, opened, texts } = follow(forward);
    follower.follow(snapshot({ namespaces: [web, db] }));
    await settle();
    follower.follow(snapshot({ namespaces: [web, db] }));
    await settle();
    expect(opened).toEqual(['2', '3']);
    expect(texts()).toEqual([]);
    Object.assign(forward, { 2: '1', 3: '1' });
    follower.changed('2');
    await settle();
    expect(opened).toEqual(['2', '3', '2']);
    expect(texts()).toEqual([['web', 'ipv4/ip_forward', '1']]);
    await follower.close();
  });

  test('is read again once for a burst of changes', async () => {
    const { follower, opened } = follow({ 2: '0' });
    follower.follow(snapshot({ namespaces: [web] }));
    await settle();
    for (let index = 0; index < 50; index += 1) follower.changed('2');
    await settle();
    expect(opened).toEqual(['2', '2']);
    await follower.close();
  });

  test('is read again everywhere where it is not known what changed', async () => {
    const forward = { 2: '0', 3: '0' };
    const { follower, texts } = follow(forward);
    follower.follow(snapshot({ namespaces: [web, db] }));
    await settle();
    Object.assign(forward, { 2: '1', 3: '1' });
    follower.changed(undefined);
    await settle();
    expect(texts().map(([name]) => name)).toEqual(['web', 'db']);
    await follower.close();
  });

  test('of a namespace that got the inode of another is not compared with what that one had', async () => {
    const forward = { 2: '0' };
    const { follower, opened, texts } = follow(forward);
    follower.follow(snapshot({ namespaces: [web] }));
    await settle();
    Object.assign(forward, { 2: '1' });
    follower.follow(snapshot({ namespaces: [at('2', 'other')] }));
    await settle();
    expect(opened).toEqual(['2', '2']);
    expect(texts()).toEqual([]);
    await follower.close();
  });

  test('that could not be read this time is compared with what was known before', async () => {
    const forward: Record<string, string | undefined> = { 2: '0' };
    const { follower, texts } = follow(forward);
    follower.follow(snapshot({ namespaces: [web] }));
    await settle();
    forward[2] = undefined;
    follower.changed('2');
    await settle();
    expect(texts()).toEqual([]);
    forward[2] = '1';
    follower.changed('2');
    await settle();
    expect(texts()).toEqual([['web', 'ipv4/ip_forward', '1']]);
    await follower.close();
  });
});
