/** One name for each key, whatever bytes the terminal sent for it: `j`, `G`, `down`, `ctrl+c`. */

/** What Ink says about a key press, as far as names need it. */
export type KeyPress = {
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly leftArrow?: boolean;
  readonly rightArrow?: boolean;
  readonly pageDown?: boolean;
  readonly pageUp?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly return?: boolean;
  readonly escape?: boolean;
  readonly tab?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
};

const NAMED: readonly (readonly [keyof KeyPress, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  // Most terminals send DEL (0x7f) for the backspace key, which Ink reports as `delete`.
  ['delete', 'backspace'],
  ['escape', 'esc'],
];

/** The key's name, or undefined for something that is no key, such as pasted text. */
export function nameKey(input: string, key: KeyPress): string | undefined {
  for (const [flag, name] of NAMED) {
    if (key[flag]) return key.shift && flag === 'tab' ? 'shift+tab' : name;
  }
  if ([...input].length !== 1) return undefined;
  if (key.ctrl) return `ctrl+${input}`;
  return key.meta ? `alt+${input}` : input;
}

/** Whether the press types text: no control, no named key. */
export function isText(input: string, key: KeyPress): boolean {
  if (key.ctrl || key.meta || input === '') return false;
  return NAMED.every(([flag]) => !key[flag]);
}
