import { expect, test } from 'vitest';
import { saveSnapshot } from '../../../src/session/save-snapshot.ts';
import type { Message } from '../../../src/store/messages.ts';
import { SystemError, type WriteOptions } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { scriptedHandle, scriptedSystem } from '../../helpers/scripted-system.ts';

const ENGINE = { endpoint: 'unix:///run/none.sock', explicit: true };

/** A machine whose one namespace cannot be read; `write` stands for its disk. */
function machine(write: (path: string, text: string, options?: WriteOptions) => void) {
  const files = { ...memoryFiles(), writeText: write };
  const openNetlink = () => {
    throw new SystemError('EPERM', 'socket');
  };
  return scriptedSystem({
    files,
    host: { hostname: 'vm/12' },
    namespaces: { open: () => scriptedHandle('1', { openNetlink }) },
  });
}

test('a snapshot goes to a new file for its owner alone, named after host and time, gaps and all', async () => {
  const messages: Message[] = [];
  let written: { path: string; text: string; options: WriteOptions | undefined } | undefined;
  const system = machine((path, text, options) => {
    written = { path, text, options };
  });
  await saveSnapshot(system, ENGINE, (message) => messages.push(message));
  const name = 'netpeek-snapshot-vm_12-20260102-030405.json';
  expect(written).toMatchObject({ path: `./${name}`, options: { mode: 0o600, exclusive: true } });
  expect(messages).toEqual([{ kind: 'notice', level: 'info', text: `saved ${name}` }]);
  const document = JSON.parse(written?.text ?? '');
  expect(document).toMatchObject({
    schema: 'netpeek.snapshot/1',
    takenAt: '2026-01-02T03:04:05.678Z',
    hostname: 'vm/12',
    engine: null,
  });
  expect(Object.keys(document).slice(0, 4)).toEqual(['schema', 'netpeek', 'takenAt', 'gaps']);
  expect(document.gaps).toContainEqual(expect.objectContaining({ probe: 'docker' }));
});

test('a file that cannot be written is told, and nothing else happens', async () => {
  const messages: Message[] = [];
  const system = machine((path) => {
    throw new SystemError('EROFS', `write ${path}`);
  });
  await saveSnapshot(system, ENGINE, (message) => messages.push(message));
  expect(messages).toEqual([
    { kind: 'notice', level: 'error', text: expect.stringContaining('no snapshot was saved: write ./') },
  ]);
});
