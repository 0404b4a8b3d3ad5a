/** The bottom edge: the keys that matter now, or what just happened. */
import type { ReactElement } from 'react';
import type { ActionId } from '../../src/keys/actions.ts';
import { findBinding, formatKey } from '../../src/keys/match.ts';
import { findPane } from '../../src/store/panes.ts';
import { chosenNamespace, isAttached } from '../../src/store/selectors.ts';
import type { Notice, State } from '../../src/store/state.ts';
import { measureCells } from '../../src/view/cells.ts';
import type { Tone } from '../../src/view/table.ts';
import { Edge, type EdgeText } from './Frame.tsx';

const NOTICE_TONES: Readonly<Record<Notice['level'], Tone>> = {
  info: 'normal',
  warning: 'warn',
  error: 'bad',
};

export function Footer({
  state,
  columns,
}: {
  readonly state: State;
  readonly columns: number;
}): ReactElement {
  const { notice } = state;
  const left: readonly EdgeText[] = state.closing
    ? [{ text: 'closing…' }]
    : notice === undefined
      ? fitHints(hintsFor(state), columns - 12)
      : [{ text: notice.text, tone: NOTICE_TONES[notice.level] }];
  return (
    <Edge
      corners={['└', '┘']}
      left={left}
      right={[hint([isTyping(state) ? 'Ctrl-C' : 'q', closesOverlay(state) ? 'close' : 'quit'])]}
      columns={columns}
    />
  );
}

type Hint = readonly [key: string, words: string];

function hintsFor(state: State): readonly Hint[] {
  if (state.mode.kind === 'filter')
    return [
      ['Enter', 'keep'],
      ['Esc', 'undo'],
      ['↑ ↓', 'choose'],
    ];
  if (state.mode.kind !== 'normal') return [];
  const captureHints: readonly Hint[] =
    state.capture === undefined
      ? [keyHint('capture')]
      : state.capture.ended
        ? [keyHint('capture'), keyHint('close')]
        : [keyHint('capture', 'stop'), keyHint('pause', state.capture.paused ? 'go on' : 'pause')];
  return [
    ['j k', 'move'],
    ...focusHints(state),
    ...captureHints,
    keyHint('diagnose'),
    keyHint('attach', isChosenAttached(state) ? 'detach' : 'attach'),
    keyHint('commands', 'by hand'),
    keyHint('palette'),
  ];
}

function focusHints(state: State): readonly Hint[] {
  switch (state.focus) {
    case 'list':
      return [keyHint('open'), keyHint('filter')];
    case 'pane':
      return [
        ...(findPane(state.pane).leads ? [keyHint('open', 'follow')] : []),
        ...(state.history.length > 0 ? [['⌫', 'back'] as const] : []),
        ['1-9', 'pane'],
      ];
    case 'capture':
      return [keyHint('last', 'newest'), keyHint('close')];
  }
}

function keyHint(action: ActionId, words?: string): Hint {
  const binding = findBinding(action);
  return [formatKey(binding?.keys[0] ?? ''), words ?? binding?.hint ?? ''];
}

/** As many hints as fit, in their order. */
function fitHints(hints: readonly Hint[], columns: number): readonly EdgeText[] {
  const texts: EdgeText[] = [];
  let cells = 0;
  for (const each of hints) {
    const next = hint(each);
    const needed = measureCells(next.text) + (texts.length > 0 ? 3 : 0);
    if (cells + needed > columns - 4) break;
    if (texts.length > 0) texts.push({ text: ' · ', tone: 'dim' });
    texts.push(next);
    cells += needed;
  }
  return texts;
}

function hint([key, words]: Hint): EdgeText {
  return { text: `${key} ${words}` };
}

/** Where text is typed, `q` is a letter. */
function isTyping({ mode }: State): boolean {
  return 'text' in mode || mode.kind === 'filter';
}

function closesOverlay({ mode }: State): boolean {
  return 'top' in mode;
}

function isChosenAttached(state: State): boolean {
  const namespace = chosenNamespace(state);
  return namespace !== undefined && isAttached(state, namespace);
}
