/** What can happen to the state: a message of the session, a key, a typed text, the clock. */
import type { ActionId } from '../keys/actions.ts';
import type { Message } from './messages.ts';
import type { PaneId } from './panes.ts';
import type { Focus } from './state.ts';

export type Event =
  /** `atMs` is when it arrived, on the screen's monotonic clock. */
  | { readonly kind: 'message'; readonly message: Message; readonly atMs: number }
  /** `key` is what was pressed, `page` how many rows a page of the focused part has. */
  | { readonly kind: 'action'; readonly action: ActionId; readonly key: string; readonly page: number }
  /** Typed in a mode that takes text. */
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'erase'; readonly what: 'character' | 'word' | 'all' }
  | { readonly kind: 'submit' }
  | { readonly kind: 'cancel' }
  /** The mouse, or anything else that means one thing directly. */
  | { readonly kind: 'choose-target'; readonly target: string }
  | { readonly kind: 'choose-row'; readonly row: string }
  | { readonly kind: 'choose-pane'; readonly pane: PaneId }
  | { readonly kind: 'scroll'; readonly part: Focus; readonly step: -1 | 0 | 1 }
  | { readonly kind: 'tick'; readonly nowMs: number };
