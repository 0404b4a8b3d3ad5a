import { expect, test } from 'vitest';
import { recordSystem } from '../../../src/system/record.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { scriptedSystem } from '../../helpers/scripted-system.ts';

test('a recording keeps which sockets and namespaces a process holds, and no names of its files', () => {
  const targets: Record<string, string> = {
    '/proc/7/fd/3': 'socket:[123]',
    '/proc/7/fd/4': 'net:[456]',
    '/proc/7/fd/5': '/home/me/secret.txt',
    '/proc/7/ns/net': 'net:[789]',
  };
  const files = { ...memoryFiles(), readLink: (path: string) => targets[path] ?? '' };
  const { system, recording } = recordSystem(scriptedSystem({ files }));
  const read = Object.keys(targets).map((path) => system.files.readLink(path));
  expect(read).toEqual(['socket:[123]', 'net:[456]', 'file', 'net:[789]']);
  expect(JSON.stringify(recording())).not.toContain('secret');
});
