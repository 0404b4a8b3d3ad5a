/** The one reducer: a state and what happened make the next state, with what the session is asked for in `outbox`. */
import type { Event } from './events.ts';
import type { Request } from './messages.ts';
import { chooseTarget, moveIndex } from './navigation.ts';
import { findPane } from './panes.ts';
import { reduceAction } from './reduce-action.ts';
import { reduceMessage } from './reduce-message.ts';
import { cancel, changeText, erase, moveWhileTyping, submit } from './reduce-text.ts';
import { chosenNamespace } from './selectors.ts';
import { ask, type Notice, type State, without } from './state.ts';

export function reduce(state: State, event: Event): State {
  const next = step({ ...state, outbox: [] }, event);
  const focus = focusRequest(next);
  return focus === undefined || sameFocus(focus, focusRequest(state)) ? next : ask(next, focus);
}

function step(state: State, event: Event): State {
  switch (event.kind) {
    case 'message':
      return reduceMessage({ ...state, nowMs: event.atMs }, event.message, event.atMs);
    case 'action':
      return act(state, event);
    case 'type':
      return changeText(state, (text) => text + event.text);
    case 'erase':
      return changeText(state, (text) => erase(text, event.what));
    case 'submit':
      return submit(state);
    case 'cancel':
      return cancel(state);
    case 'choose-target':
      return { ...chooseTarget(state, event.target), focus: 'list' };
    case 'choose-row':
      return { ...state, rows: { ...state.rows, [state.pane]: event.row }, focus: 'pane' };
    case 'choose-pane':
      return { ...state, pane: event.pane, focus: 'pane' };
    case 'scroll':
      return scroll({ ...state, focus: event.part }, event.step);
    case 'tick':
      return expireNotice({ ...state, nowMs: event.nowMs });
  }
}

/** The wheel moves what lies below it; a click there (no step) only gives it the keyboard. */
function scroll(state: State, step: -1 | 0 | 1): State {
  if (step === 0) return state;
  return reduceAction(state, step < 0 ? 'move-up' : 'move-down', '', 1);
}

/** In an overlay the movements scroll, and every other key of its own closes it. */
function act(state: State, event: Extract<Event, { kind: 'action' }>): State {
  const { mode } = state;
  const { action, key, page } = event;
  switch (mode.kind) {
    case 'normal':
      return reduceAction(state, action, key, page);
    case 'help':
    case 'gaps':
    case 'commands': {
      const top = moveIndex(action, mode.top, LONGEST_OVERLAY, page);
      if (top !== mode.top) return { ...state, mode: { ...mode, top } };
      if (action === 'quit' && key !== 'q') return reduceAction(state, action, key, page);
      const closes = ['close', 'quit', 'back', 'open', mode.kind].includes(action);
      return closes ? { ...state, mode: { kind: 'normal' } } : state;
    }
    default:
      if (action === 'quit') return reduceAction(state, action, key, page);
      // Tab goes on in what the text has found, as in a shell's completion.
      if (action === 'next-focus') return moveWhileTyping(state, 'move-down');
      return action === 'move-up' || action === 'move-down' ? moveWhileTyping(state, action) : state;
  }
}

/** Rows: more than any overlay has; what is drawn is bounded by what there is. */
const LONGEST_OVERLAY = 500;

/** How long a notice stays: long enough to be read twice, an error until somebody had time to see it. */
const NOTICE_MS: Readonly<Record<Notice['level'], number>> = { info: 4000, warning: 10_000, error: 20_000 };

function expireNotice(state: State): State {
  const { notice } = state;
  const expired = notice !== undefined && state.nowMs - notice.atMs > NOTICE_MS[notice.level];
  return expired ? without(state, 'notice') : state;
}

type FocusRequest = Extract<Request, { kind: 'focus' }>;

function focusRequest(state: State): FocusRequest | undefined {
  const namespace = chosenNamespace(state);
  if (namespace === undefined) return undefined;
  return { kind: 'focus', namespace: namespace.id, sections: findPane(state.pane).sections };
}

function sameFocus(a: FocusRequest, b: FocusRequest | undefined): boolean {
  return a.namespace === b?.namespace && a.sections.join() === b.sections.join();
}
