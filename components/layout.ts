/** How the screen is divided: pure arithmetic on the terminal's size. */

export const SMALLEST = { columns: 80, rows: 24 } as const;

export type Layout = {
  readonly columns: number;
  readonly rows: number;
  readonly listColumns: number;
  /** Between the two rules of the right side, its margins included. */
  readonly paneColumns: number;
  /** Between the top and the bottom edge. */
  readonly bodyRows: number;
  readonly paneRows: number;
  /** Its heading included; 0 without a capture. */
  readonly captureRows: number;
  /** The capture takes the whole width: half of a packet's line would not be worth reading. */
  readonly captureWide: boolean;
};

/** Below this a capture beside the list has too few cells for a packet's line. */
const CAPTURE_BESIDE_LIST = 120;
const EDGES = 2;
const RULES = 3;

export function divideScreen(columns: number, rows: number, capture: 'none' | 'open' | 'focused'): Layout {
  const listColumns = Math.max(26, Math.min(40, Math.floor(columns * 0.26)));
  const bodyRows = rows - EDGES;
  const share = capture === 'focused' ? 0.6 : 0.34;
  const captureRows = capture === 'none' ? 0 : Math.max(6, Math.floor(bodyRows * share));
  return {
    columns,
    rows,
    listColumns,
    paneColumns: columns - RULES - listColumns,
    bodyRows,
    paneRows: bodyRows - captureRows,
    captureRows,
    captureWide: columns < CAPTURE_BESIDE_LIST,
  };
}

export function isTooSmall(columns: number, rows: number): boolean {
  return columns < SMALLEST.columns || rows < SMALLEST.rows;
}

/** The first row to show so that the chosen one is in view, as far up as possible without moving needlessly. */
export function scrollTop(chosen: number, count: number, visible: number): number {
  const centred = chosen - Math.floor(visible / 2);
  return Math.max(0, Math.min(centred, count - visible));
}
