/** What lies below the mouse, and what a click or the wheel there means. */
import type { Mouse } from '../src/keys/mouse.ts';
import type { Event } from '../src/store/events.ts';
import { currentRowIndex } from '../src/store/navigation.ts';
import { paneTable, visibleTargets } from '../src/store/selectors.ts';
import type { Focus, State } from '../src/store/state.ts';
import { type Layout, scrollTop } from './layout.ts';
import { divideLinksPane } from './panes/LinksPane.tsx';
import { rowsAbovePane } from './panes/PaneArea.tsx';
import { cutRowLines, divideTablePane } from './panes/TablePane.tsx';
import { findTab } from './ui/tab-titles.ts';

/** The header's row comes before everything. */
const HEADER_ROWS = 1;
const TABS_ROW = 1;

/** Overlays and prompts are for the keyboard: the mouse means nothing while one is open. */
export function findMouseEvent(state: State, layout: Layout, mouse: Mouse): Event | undefined {
  const row = mouse.row - HEADER_ROWS;
  if (state.mode.kind !== 'normal' || row < 0 || row >= layout.bodyRows) return undefined;
  const part = findPart(layout, mouse.column, row);
  if (mouse.kind !== 'press') return { kind: 'scroll', part, step: mouse.kind === 'wheel-up' ? -1 : 1 };
  switch (part) {
    case 'list':
      return clickList(state, layout, row);
    case 'pane':
      return clickPane(state, layout, mouse.column - layout.listColumns - 2, row);
    case 'capture':
      return { kind: 'scroll', part: 'capture', step: 0 };
  }
}

function findPart(layout: Layout, column: number, row: number): Focus {
  const isBelow = layout.captureRows > 0 && row >= layout.paneRows;
  if (isBelow && layout.captureWide) return 'capture';
  if (column <= layout.listColumns) return 'list';
  return isBelow ? 'capture' : 'pane';
}

function clickList(state: State, layout: Layout, row: number): Event | undefined {
  const visible = listRows(layout) - 1;
  const entries = visibleTargets(state);
  const chosen = entries.findIndex((entry) => entry.key === state.target);
  const entry = entries[scrollTop(Math.max(0, chosen), entries.length, visible) + row - 1];
  return row === 0 || entry === undefined ? undefined : { kind: 'choose-target', target: entry.key };
}

function clickPane(state: State, layout: Layout, column: number, row: number): Event | undefined {
  const { paneColumns, paneRows } = layout;
  const pane = row === TABS_ROW ? findTab(state.pane, paneColumns, column) : undefined;
  if (pane !== undefined) return { kind: 'choose-pane', pane };
  const table = paneTable(state);
  const above = rowsAbovePane(paneRows);
  const rows = paneRows - above;
  if (table === undefined) return { kind: 'scroll', part: 'pane', step: 0 };
  const chosen = currentRowIndex(state, table);
  const tableRows =
    state.pane === 'links'
      ? divideLinksPane(state, paneColumns, rows).tableRows
      : divideTablePane(table, cutRowLines(table, chosen, paneColumns - 2, rows), rows);
  const line = row - above - 1;
  const index = scrollTop(chosen, table.rows.length, tableRows - 1) + line;
  const hit = line >= 0 && line < tableRows - 1 ? table.rows[index] : undefined;
  return hit === undefined ? { kind: 'scroll', part: 'pane', step: 0 } : { kind: 'choose-row', row: hit.key };
}

export function listRows(layout: Layout): number {
  return layout.captureWide ? layout.paneRows : layout.bodyRows;
}
