import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from '../../../src/system/write-whole.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netpeek-whole-'));
  file = join(directory, 'file');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a new file has the permissions that were asked for', () => {
  writeWhole(file, 'new', 0o600);
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['file']);
});

test('an old file is replaced, and not written into', () => {
  writeFileSync(file, 'old', { mode: 0o644 });
  const { ino } = statSync(file);
  writeWhole(file, 'new', 0o600);
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).ino).not.toBe(ino);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a link stays a link', () => {
  const link = join(directory, 'link');
  writeFileSync(file, 'old');
  symlinkSync('file', link);
  writeWhole(link, 'new', 0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('new');
});

test('a device is written to, and stays', () => {
  writeWhole('/dev/null', 'new', 0o600);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('a failure leaves nothing beside', () => {
  mkdirSync(file);
  expect(() => writeWhole(file, 'new', 0o600)).toThrow(/EISDIR/);
  expect(readdirSync(directory)).toEqual(['file']);
});
