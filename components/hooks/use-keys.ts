/** Turns what Ink says about the keyboard into events: text where text is typed, actions everywhere else. */
import { useInput, usePaste } from 'ink';
import { isText, type KeyPress, nameKey } from '../../src/keys/key-names.ts';
import { matchAction } from '../../src/keys/match.ts';
import { pastedText, takeInput } from '../../src/keys/split-input.ts';
import type { Event } from '../../src/store/events.ts';
import type { Session } from '../../src/store/session.ts';
import type { Mode } from '../../src/store/state.ts';

/** `page` is how many rows a page of the focused part has. */
export function useKeys(session: Session, page: number): void {
  const press = (input: string, key: KeyPress) => {
    const event = keyEvent(input, key, session.getState().mode, page);
    if (event !== undefined) session.dispatch(event);
  };
  useInput((input, key) => {
    // Esc and a key that follow each other closely arrive as that key with Alt, which means nothing here.
    const afterEsc = key.meta && isText(input, { ...key, meta: false });
    if (afterEsc) press('', { escape: true });
    if (!afterEsc && !isText(input, key)) return press(input, key);
    for (let rest = input; rest !== ''; ) {
      const part = takeInput(rest, isTyping(session.getState().mode));
      press(part.input, part.key);
      rest = part.rest;
    }
  });
  // Where no text is typed a paste is a slip, and its letters must not act as keys.
  usePaste((text) => {
    if (isTyping(session.getState().mode)) session.dispatch({ kind: 'type', text: pastedText(text) });
  });
}

function isTyping(mode: Mode): boolean {
  return ['filter', 'capture-filter', 'diagnose', 'palette'].includes(mode.kind);
}

/** What a key press means in this mode; undefined where it means nothing. */
function keyEvent(input: string, key: KeyPress, mode: Mode, page: number): Event | undefined {
  const name = nameKey(input, key);
  if (isTyping(mode)) {
    if (name === 'enter') return { kind: 'submit' };
    if (name === 'esc') return { kind: 'cancel' };
    if (name === 'backspace') return { kind: 'erase', what: 'character' };
    if (name === 'ctrl+w') return { kind: 'erase', what: 'word' };
    if (name === 'ctrl+u') return { kind: 'erase', what: 'all' };
    if (isText(input, key)) return { kind: 'type', text: input.replace(/\p{Cc}+/gu, ' ') };
  }
  const action = name === undefined ? undefined : matchAction(name);
  return action === undefined || name === undefined ? undefined : { kind: 'action', action, key: name, page };
}
