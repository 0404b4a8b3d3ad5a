import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BINDINGS } from '../../../src/keys/actions.ts';
import { isText, nameKey } from '../../../src/keys/key-names.ts';
import { formatKeysMarkdown } from '../../../src/keys/keys-markdown.ts';
import { matchAction } from '../../../src/keys/match.ts';
import { findMouseReports } from '../../../src/keys/mouse.ts';
import { pastedText, takeInput } from '../../../src/keys/split-input.ts';

describe('the key table', () => {
  it('binds no key twice and no action twice', () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(BINDINGS.map((binding) => binding.action)).size).toBe(BINDINGS.length);
  });

  it('is what docs/keys.md says', () => {
    const path = new URL('../../../docs/keys.md', import.meta.url);
    if (process.env.UPDATE_DOCS === '1') writeFileSync(path, formatKeysMarkdown());
    expect(readFileSync(path, 'utf8')).toBe(formatKeysMarkdown());
  });

  it('can be remapped', () => {
    expect(matchAction('j')).toBe('move-down');
    expect(matchAction('n', [{ action: 'move-down', keys: ['n'], hint: '', help: '' }])).toBe('move-down');
    expect(matchAction('j', [{ action: 'move-down', keys: ['n'], hint: '', help: '' }])).toBeUndefined();
  });
});

describe('the mouse', () => {
  it('is heard among other input', () => {
    expect(findMouseReports('j\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<65;1;2Mk\x1b[<2;1;1M')).toEqual([
      { kind: 'press', column: 9, row: 4 },
      { kind: 'wheel-down', column: 0, row: 1 },
    ]);
  });
});

describe('key names', () => {
  it('name what the terminal sent', () => {
    expect(nameKey('G', { shift: true })).toBe('G');
    expect(nameKey('c', { ctrl: true })).toBe('ctrl+c');
    expect(nameKey('', { downArrow: true })).toBe('down');
    expect(nameKey('', { delete: true })).toBe('backspace');
    expect(nameKey('', { tab: true, shift: true })).toBe('shift+tab');
    expect(nameKey('pasted text', {})).toBeUndefined();
  });

  it('tell text from keys', () => {
    expect(isText('', { upArrow: true })).toBe(false);
    expect(isText('tcp port 80', {})).toBe(true);
    expect(isText('u', { ctrl: true })).toBe(false);
  });
});

describe('keys that arrive together', () => {
  it('are taken one by one, and text as a whole where it is typed', () => {
    expect(takeInput('/web\r', false)).toEqual({ input: '/', key: {}, rest: 'web\r' });
    expect(takeInput('web\r', true)).toEqual({ input: 'web', key: {}, rest: '\r' });
    expect(takeInput('\rc', true)).toEqual({ input: '', key: { return: true }, rest: 'c' });
    expect(takeInput('\x15db', true)).toEqual({ input: 'u', key: { ctrl: true }, rest: 'db' });
  });
});

describe('a paste', () => {
  it('types one line, whatever it holds', () => {
    expect(pastedText('tcp port 80\r\nq\x1b\n')).toBe('tcp port 80 q');
  });
});
