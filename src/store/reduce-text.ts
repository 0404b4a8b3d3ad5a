/** What typing does in the modes that take text: the filter, the prompts and the palette. */

import type { Proposal } from '../view/destinations.ts';
import { startCapture } from './capture.ts';
import { chooseTarget, moveIndex, moveInList } from './navigation.ts';
import { findPaletteActions } from './palette.ts';
import { reduceAction } from './reduce-action.ts';
import { chosenNamespace, proposals, visibleTargets } from './selectors.ts';
import { ask, notify, type State } from './state.ts';

/** Longer than any filter or address: a pasted file does no harm. */
const LONGEST_TEXT = 500;

/** The text being typed, in any mode that has one. */
function typedText(state: State): string {
  const { mode } = state;
  if (mode.kind === 'filter') return state.filter;
  return 'text' in mode ? mode.text : '';
}

export function changeText(state: State, change: (text: string) => string): State {
  const text = change(typedText(state)).slice(0, LONGEST_TEXT);
  const { mode } = state;
  switch (mode.kind) {
    case 'filter':
      return chooseVisible({ ...state, filter: text });
    case 'palette':
    case 'diagnose':
      return { ...state, mode: { ...mode, text, index: 0 } };
    case 'capture-filter':
      return { ...state, mode: { ...mode, text } };
    default:
      return state;
  }
}

export function erase(text: string, what: 'character' | 'word' | 'all'): string {
  if (what === 'all') return '';
  return what === 'word' ? text.replace(/\S*\s*$/, '') : [...text].slice(0, -1).join('');
}

/** Arrow keys while typing: they move in what the text has found. */
export function moveWhileTyping(state: State, action: 'move-up' | 'move-down'): State {
  const { mode } = state;
  if (mode.kind === 'filter') return moveInList(state, action, 1);
  if (mode.kind !== 'palette' && mode.kind !== 'diagnose') return state;
  const found = mode.kind === 'palette' ? findPaletteActions(mode.text) : proposals(state, mode.text);
  return { ...state, mode: { ...mode, index: moveIndex(action, mode.index, found.length, 1) } };
}

export function submit(state: State): State {
  const { mode } = state;
  const normal: State = { ...state, mode: { kind: 'normal' } };
  switch (mode.kind) {
    case 'capture-filter':
      return startCapture(normal, mode.text.trim());
    case 'diagnose':
      return startDiagnosis(normal, proposals(state, mode.text)[mode.index]);
    case 'palette': {
      const action = findPaletteActions(mode.text)[mode.index]?.action;
      return action === undefined ? normal : reduceAction(normal, action, '1', 1);
    }
    default:
      return normal;
  }
}

export function cancel(state: State): State {
  const normal: State = { ...state, mode: { kind: 'normal' } };
  return state.mode.kind === 'filter' ? chooseVisible({ ...normal, filter: state.mode.before }) : normal;
}

function startDiagnosis(state: State, proposal: Proposal | undefined): State {
  const namespace = chosenNamespace(state);
  if (namespace === undefined || proposal === undefined)
    return notify(state, 'warning', 'what was to be diagnosed is gone');
  const id = state.nextId;
  const { label, to } = proposal;
  const title = `${namespace.name} → ${[label, to].filter(Boolean).join(' ')}`;
  return ask(
    {
      ...state,
      nextId: id + 1,
      pane: 'diagnosis',
      focus: 'pane',
      diagnosis: {
        id,
        namespaceId: namespace.id,
        title,
        to: label === '' ? (to ?? '') : label,
        result: { kind: 'running' },
        top: 0,
      },
    },
    { kind: 'diagnose', id, namespace: namespace.id, ...(to === undefined ? {} : { to }) },
  );
}

/** The best hit is chosen while typing, so that Enter after two letters is enough. */
function chooseVisible(state: State): State {
  const entries = visibleTargets(state);
  const [best] = entries;
  const isVisible = entries.some((entry) => entry.key === state.target);
  return best === undefined || (isVisible && state.filter.trim() === '')
    ? state
    : chooseTarget(state, best.key);
}
