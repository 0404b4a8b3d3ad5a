/** What `y` copies: the wiring from the list, the chosen row from a pane, the fix from a diagnosis, the lines shown from the capture. */

import type { Row } from '../view/table.ts';
import { formatWiring } from '../view/wiring.ts';
import { currentRowIndex } from './navigation.ts';
import { chosenTarget, paneTable } from './selectors.ts';
import type { State } from './state.ts';

/** Lines of a capture that are copied at once: terminals take no more text than that. */
const MOST_LINES = 200;

export function copyText(state: State): string {
  switch (state.focus) {
    case 'list': {
      const entry = chosenTarget(state);
      if (entry === undefined || state.snapshot === undefined) return '';
      return entry.namespace === undefined ? entry.name : formatWiring(state.snapshot, entry.namespace);
    }
    case 'pane':
      if (state.pane === 'diagnosis') return fixText(state);
      return rowText(paneTable(state)?.rows[currentRowIndex(state)]);
    case 'capture': {
      const { capture } = state;
      return (capture?.paused ?? capture?.lines ?? []).slice(-MOST_LINES).join('\n');
    }
  }
}

function rowText(row: Row | undefined): string {
  return row?.span ?? row?.cells.filter((cell) => cell !== '').join(' ') ?? '';
}

/** The commands that mend the root cause, ready to paste. */
function fixText({ diagnosis }: State): string {
  const [cause] = diagnosis?.result.kind === 'done' ? diagnosis.result.diagnosis.causes : [];
  return cause?.fix.join('\n') ?? '';
}
