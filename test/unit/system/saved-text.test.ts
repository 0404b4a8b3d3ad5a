import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSavedJson } from '../../../src/system/saved-text.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netpeek-saved-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const saved = (text: string | Uint8Array): string => {
  const file = join(directory, 'file');
  writeFileSync(file, text);
  return file;
};

test('a saved document is read', () => {
  const document = { a: ['[[[', '\\"', { b: null }] };
  expect(readSavedJson(saved(JSON.stringify(document)))).toEqual(document);
});

test.each([
  ['cut off', '{"a":[1,2', /is not complete JSON/],
  ['empty', '', /is not complete JSON/],
  ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /is not complete JSON/],
  ['deeply nested', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, /nested deeper/],
  ['a flood of values', `[${'[],'.repeat(10_000_001)}0]`, /more values/],
])('a file that is %s is refused in one line', (_, text, words) => {
  expect(() => readSavedJson(saved(text))).toThrow(
    expect.objectContaining({ exitCode: 5, message: expect.stringMatching(words) }),
  );
});

test.each([
  ['/dev/zero', /larger than any snapshot/],
  ['/nowhere', /^cannot read \/nowhere: ENOENT$/],
  ['/', /^cannot read \/: EISDIR$/],
])('%s is refused in one line', (file, words) => {
  expect(() => readSavedJson(file)).toThrow(
    expect.objectContaining({ exitCode: 5, message: expect.stringMatching(words) }),
  );
});
