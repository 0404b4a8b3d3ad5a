/** Keys that arrived together as one text, because the line is slow; a paste is told apart by the terminal. */
import type { KeyPress } from './key-names.ts';

export type InputPart = { readonly input: string; readonly key: KeyPress; readonly rest: string };

/** Keys that are one control byte. Ink tells Backspace and Ctrl-C apart from text by itself. */
const CONTROLS: Readonly<Record<string, readonly [input: string, key: KeyPress]>> = {
  '\r': ['', { return: true }],
  '\t': ['', { tab: true }],
  '\x06': ['f', { ctrl: true }],
  '\x02': ['b', { ctrl: true }],
  '\x15': ['u', { ctrl: true }],
  '\x17': ['w', { ctrl: true }],
};

/** The first key of the input; while text is typed, as much text as comes before the next key. */
export function takeInput(input: string, isTyping: boolean): InputPart {
  const [first = ''] = input;
  const control = CONTROLS[first];
  if (control !== undefined) return { input: control[0], key: control[1], rest: input.slice(first.length) };
  const end = isTyping ? [...input].findIndex((character) => character in CONTROLS) : 1;
  const text = end < 0 ? input : [...input].slice(0, end).join('');
  return { input: text, key: {}, rest: input.slice(text.length) };
}

/** What a paste types: its lines as one, so that no key is pressed by it. */
export function pastedText(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trimEnd();
}
