/** What an action (a key, or the palette's choice) does to the state. */
import type { ActionId } from '../keys/actions.ts';
import { closeCapture, scrollCapture, startCapture, stopCapture, togglePause } from './capture.ts';
import { copyText } from './copy-text.ts';
import { cyclePane, follow, goBack, moveInList, moveInPane } from './navigation.ts';
import { PANES } from './panes.ts';
import { chosenNamespace, isAttached } from './selectors.ts';
import { ask, type Focus, notify, type State, without } from './state.ts';

export function reduceAction(state: State, action: ActionId, key: string, page: number): State {
  switch (action) {
    case 'move-down':
    case 'move-up':
    case 'page-down':
    case 'page-up':
    case 'first':
    case 'last':
      return move(state, action, page);
    case 'next-focus':
      return { ...state, focus: nextFocus(state) };
    case 'focus-list':
      return { ...state, focus: 'list' };
    case 'focus-pane':
      return { ...state, focus: 'pane' };
    case 'open':
      return state.focus === 'pane' ? follow(state) : { ...state, focus: 'pane' };
    case 'back':
      return goBack(state);
    case 'filter':
      return { ...state, focus: 'list', mode: { kind: 'filter', before: state.filter } };
    case 'pane': {
      const pane = PANES[Number(key) - 1];
      return pane === undefined ? state : { ...state, pane: pane.id };
    }
    case 'previous-pane':
      return cyclePane(state, -1);
    case 'next-pane':
      return cyclePane(state, 1);
    case 'capture':
      return toggleCapture(state);
    case 'capture-filter':
      return { ...state, mode: { kind: 'capture-filter', text: state.capture?.filter ?? '' } };
    case 'pause':
      return state.capture === undefined
        ? notify(state, 'info', 'nothing to pause: c starts a capture')
        : { ...state, capture: togglePause(state.capture) };
    case 'diagnose':
      if (chosenNamespace(state) === undefined)
        return notify(state, 'warning', 'no running namespace is chosen: nothing to diagnose');
      return { ...state, mode: { kind: 'diagnose', text: '', index: 0 } };
    case 'attach':
      return toggleAttached(state);
    case 'copy':
      return copy(state);
    case 'save-snapshot':
      return ask(state, { kind: 'save-snapshot' });
    case 'rescan':
      return notify(ask(state, { kind: 'rescan' }), 'info', 'reading everything again');
    case 'commands':
    case 'gaps':
    case 'help':
      return { ...state, mode: { kind: action, top: 0 } };
    case 'mouse':
      return notify(
        { ...state, mouse: !state.mouse },
        'info',
        state.mouse ? 'the mouse selects text now: m takes it back' : 'the mouse chooses and scrolls',
      );
    case 'palette':
      return { ...state, mode: { kind: 'palette', text: '', index: 0 } };
    case 'close':
      return close(state);
    case 'quit':
      // The second time nobody waits for the session any more.
      return state.closing ? { ...state, closed: true } : ask({ ...state, closing: true }, { kind: 'close' });
  }
}

function move(state: State, action: ActionId, page: number): State {
  if (state.focus === 'list') return moveInList(state, action, page);
  if (state.focus === 'pane') return moveInPane(state, action, page);
  return state.capture === undefined
    ? state
    : { ...state, capture: scrollCapture(state.capture, action, page) };
}

function nextFocus(state: State): Focus {
  const order: readonly Focus[] =
    state.capture === undefined ? ['list', 'pane'] : ['list', 'pane', 'capture'];
  return order[(order.indexOf(state.focus) + 1) % order.length] ?? 'list';
}

/** Stops a capture of what is looked at; starts one otherwise, with the filter of the last. */
function toggleCapture(state: State): State {
  const { capture } = state;
  const namespace = chosenNamespace(state);
  const runsHere = capture !== undefined && !capture.ended && capture.namespaceId === namespace?.id;
  return runsHere ? stopCapture(state) : startCapture(state, capture?.filter ?? '');
}

function toggleAttached(state: State): State {
  const namespace = chosenNamespace(state);
  if (namespace === undefined)
    return notify(state, 'warning', 'no running namespace is chosen: nothing to attach');
  return ask(state, {
    kind: isAttached(state, namespace) ? 'detach' : 'attach',
    namespace: namespace.id,
  });
}

function copy(state: State): State {
  const text = copyText(state);
  if (text === '') return notify(state, 'info', 'nothing to copy here');
  return notify(
    { ...state, copied: { id: state.nextId, text }, nextId: state.nextId + 1 },
    'info',
    `copied: ${text.split('\n')[0]}`,
  );
}

/** Esc closes one thing at a time, the nearest first. */
function close(state: State): State {
  if (state.notice !== undefined && state.notice.level !== 'info') return without(state, 'notice');
  if (state.capture !== undefined) return closeCapture(state);
  if (state.filter !== '') return { ...state, filter: '' };
  if (state.pane === 'diagnosis') return { ...state, pane: 'links' };
  return { ...state, focus: 'list' };
}
