/** Which tabs there is room for: all of them, or those around the visible pane with ‹ and › for the rest. */
import { PANES, type PaneId } from '../../src/store/panes.ts';
import { measureCells } from '../../src/view/cells.ts';

export type Tab = { readonly id: PaneId; readonly text: string };

export type ShownTabs = {
  readonly tabs: readonly Tab[];
  /** The pane before the first tab shown, and the one after the last. */
  readonly before?: PaneId;
  readonly after?: PaneId;
};

/** Cells between two tabs. */
export const TAB_GAP = 2;
/** Cells kept for the age beside the tabs: ` 59 s ago `. */
const AGE_CELLS = 10;
/** The margin before the tabs. */
const MARGIN_CELLS = 1;
/** ‹ before the tabs and › after them, each with a free cell. */
const ARROW_CELLS = 2;
/** As many panes as have a number. */
const NUMBERED = 9;

/** Full titles where the numbered panes fit with them, else short ones. */
export function chooseTabs(pane: PaneId, columns: number): ShownTabs {
  const room = columns - AGE_CELLS - MARGIN_CELLS - 2 * ARROW_CELLS;
  const full = PANES.map(({ id, title }, index) => ({ id, text: tabText(title, index) }));
  const tabs =
    measureTabs(full.slice(0, NUMBERED)) <= room
      ? full
      : PANES.map(({ id, shortTitle }, index) => ({ id, text: tabText(shortTitle, index) }));
  const [start, end] = windowAround(
    tabs,
    tabs.findIndex(({ id }) => id === pane),
    room,
  );
  const before = tabs[start - 1]?.id;
  const after = tabs[end]?.id;
  return {
    tabs: tabs.slice(start, end),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** The pane whose tab, or whose arrow, is at this cell of the tabs' row. */
export function findTab(pane: PaneId, columns: number, cell: number): PaneId | undefined {
  const { tabs, before, after } = chooseTabs(pane, columns);
  if (before !== undefined && cell < MARGIN_CELLS + ARROW_CELLS) return before;
  let start = MARGIN_CELLS + (before === undefined ? 0 : ARROW_CELLS);
  for (const { id, text } of tabs) {
    const end = start + measureCells(text);
    if (cell >= start && cell < end) return id;
    start = end + TAB_GAP;
  }
  return cell >= start - TAB_GAP && cell < start - TAB_GAP + ARROW_CELLS ? after : undefined;
}

function tabText(title: string, index: number): string {
  return index < NUMBERED ? `${index + 1} ${title}` : title;
}

function measureTabs(tabs: readonly Tab[]): number {
  return tabs.reduce((sum, { text }) => sum + measureCells(text) + TAB_GAP, -TAB_GAP);
}

/** From the first tab on; moved only as far as the chosen one and the next need, so that tabs keep their places. */
function windowAround(tabs: readonly Tab[], chosen: number, room: number): readonly [number, number] {
  const fits = (start: number, end: number) => measureTabs(tabs.slice(start, end)) <= room;
  const last = Math.min(chosen + 2, tabs.length);
  let start = 0;
  while (start < chosen && !fits(start, last)) start += 1;
  let end = chosen + 1;
  while (end < tabs.length && fits(start, end + 1)) end += 1;
  return [start, end];
}
