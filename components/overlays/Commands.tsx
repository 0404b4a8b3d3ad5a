/** The commands behind the visible pane and the capture, ready to paste. */
import type { ReactElement } from 'react';
import { chosenNamespace } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { wrapCells } from '../../src/view/cells.ts';
import { commandsBehind } from '../../src/view/commands-behind.ts';
import type { Line } from '../../src/view/diagnosis-lines.ts';
import type { Layout } from '../layout.ts';
import { overlayColumns, TextOverlay } from './Overlay.tsx';

type Props = { readonly layout: Layout; readonly state: State; readonly top: number };

export function Commands({ layout, state, top }: Props): ReactElement {
  const columns = overlayColumns(layout) - 4;
  return (
    <TextOverlay
      layout={layout}
      title="The same by hand"
      hint="Esc close"
      lines={commandLines(state).flatMap((line) =>
        wrapCells(line.text, columns).map((text) => ({ text, tone: line.tone })),
      )}
      top={top}
    />
  );
}

function commandLines(state: State): readonly Line[] {
  const namespace = chosenNamespace(state);
  const pane = state.pane === 'diagnosis' ? 'routes' : state.pane;
  const commands = namespace === undefined ? [] : commandsBehind(namespace, pane);
  const capture = state.capture?.command;
  const lines: Line[] = commands.map((text) => ({ text, tone: 'normal' }));
  if (capture !== undefined)
    lines.push({ text: 'the capture:', tone: 'dim' }, { text: capture, tone: 'normal' });
  return lines.length > 0 ? lines : [{ text: 'nothing is chosen that has a namespace', tone: 'dim' }];
}
