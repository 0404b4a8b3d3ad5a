/** Turns what Ink says about the keyboard into events: text where text is typed, actions everywhere else. */
import { type Key, useInput } from 'ink';
import { isText, nameKey } from '../../src/keys/key-names.ts';
import { matchAction } from '../../src/keys/match.ts';
import type { Event } from '../../src/store/events.ts';
import type { Session } from '../../src/store/session.ts';
import type { Mode } from '../../src/store/state.ts';

/** `page` is how many rows a page of the focused part has. */
export function useKeys(session: Session, page: number): void {
  useInput((input, key) => {
    for (const [part, partKey] of splitBurst(input, key, session.getState().mode)) {
      const event = keyEvent(part, partKey, session.getState().mode, page);
      if (event !== undefined) session.dispatch(event);
    }
  });
}

/** Keys that arrive together (a held `j` over a slow line) come as one text: outside of typing each is a key. */
function splitBurst(input: string, key: Key, mode: Mode): readonly (readonly [string, Key])[] {
  if (isTyping(mode) || !isText(input, key)) return [[input, key]];
  return [...input].map((character) => [character, key]);
}

function isTyping(mode: Mode): boolean {
  return ['filter', 'capture-filter', 'diagnose', 'palette'].includes(mode.kind);
}

/** What a key press means in this mode; undefined where it means nothing. */
function keyEvent(input: string, key: Key, mode: Mode, page: number): Event | undefined {
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
