/** Keys that arrived together as one text: a slow line gathers them, and a paste is one on purpose. */
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

/**
 * The first key of the input, or while text is typed as much text as comes before the next key. In a paste, which
 * begins while text is typed, a line's end or a tab is a space: nothing after it may count as keys. Its last one is Enter.
 */
export function takeInput(input: string, isTyping: boolean, isPaste: boolean): InputPart {
  const [first = ''] = input;
  const rest = input.slice(first.length);
  const control = CONTROLS[first];
  if (control !== undefined && !(isPaste && control[1].ctrl !== true && rest !== ''))
    return { input: control[0], key: control[1], rest };
  if (!isTyping || control !== undefined)
    return { input: control === undefined ? first : ' ', key: {}, rest };
  const end = [...input].findIndex((character) => character in CONTROLS);
  const text = end < 0 ? input : [...input].slice(0, end).join('');
  return { input: text, key: {}, rest: input.slice(text.length) };
}
