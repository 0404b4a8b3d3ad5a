/** Tables as data, and their one layout: the commands print it, the panes draw it. */
import { type Align, fitCells, measureCells, packParts, truncateEnd, truncateMiddle } from './cells.ts';

/** What a row means, not how it looks: the terminal UI maps tones to colours, the commands ignore them. */
export type Tone = 'normal' | 'dim' | 'good' | 'warn' | 'bad' | 'accent';

export type Column = {
  readonly title: string;
  readonly align?: Align;
  /** The fewest cells it may be cut to; absent: it is never cut. */
  readonly shrink?: number;
  /** Where a long cell is cut; at its end unless told. */
  readonly cut?: 'end' | 'middle';
  /** Left out when there is no room at all; the highest number goes first. Absent: it always stays. */
  readonly drop?: number;
  /** Left out when no row has anything in it. */
  readonly optional?: boolean;
};

export type Row = {
  readonly key: string;
  readonly cells: readonly string[];
  /** The cells of a row that leaves out what a row above it says already. */
  readonly full?: readonly string[];
  /** A text over the whole width in place of cells, such as the heading of the rows below. */
  readonly span?: string;
  readonly tone?: Tone;
};

export type TableView = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Said in place of rows: that there are none, or that they were not read, and why. */
  readonly empty: string;
};

/** The columns that are shown, by their index, and the cells each one takes. */
export type TableLayout = { readonly columns: readonly number[]; readonly widths: readonly number[] };

const GAP = '  ';

/** The table as lines, header first. Without a width nothing is cut. */
export function formatTable(table: TableView, widthCells?: number): string[] {
  if (table.rows.length === 0) return [table.empty];
  const layout = layoutTable(table, widthCells);
  return [
    formatHeader(table, layout),
    ...table.rows.map((row) => formatTableRow(table, layout, row, widthCells)),
  ];
}

/** Chooses columns and their widths: first long cells are cut, then columns left out. */
export function layoutTable(table: TableView, widthCells?: number): TableLayout {
  const natural = table.columns.map((column, index) =>
    table.rows.reduce(
      (most, row) => Math.max(most, measureCells(row.cells[index] ?? '')),
      measureCells(column.title),
    ),
  );
  let columns = table.columns
    .map((_, index) => index)
    .filter((index) => !table.columns[index]?.optional || hasContent(table, index));
  if (widthCells === undefined) return { columns, widths: columns.map((index) => natural[index] ?? 0) };
  while (leastWidth(table, columns, natural) > widthCells) {
    const victim = nextToDrop(table, columns);
    if (victim === undefined) break;
    columns = columns.filter((index) => index !== victim);
  }
  return { columns, widths: shrinkToFit(table, columns, natural, widthCells) };
}

export function formatHeader(table: TableView, layout: TableLayout): string {
  return formatRow(
    table,
    layout,
    table.columns.map((column) => column.title),
  );
}

function formatRow(table: TableView, layout: TableLayout, cells: readonly string[]): string {
  return layout.columns
    .map((index, place) => {
      const column = table.columns[index];
      const cut = column?.cut === 'middle' ? truncateMiddle : truncateEnd;
      return fitCells(cells[index] ?? '', layout.widths[place] ?? 0, column?.align, cut);
    })
    .join(GAP)
    .trimEnd();
}

/** A row of the table: its cells in columns, or its one text; cut to the width of the columns where there is a limit. */
export function formatTableRow(
  table: TableView,
  layout: TableLayout,
  row: Row,
  widthCells = Number.POSITIVE_INFINITY,
): string {
  return row.span === undefined
    ? formatRow(table, layout, row.cells)
    : truncateEnd(row.span, widthCells).trimEnd();
}

/** Whether this layout shows a row in full: every column's cell, or its one text in so many cells. */
export function isShownInFull(
  table: TableView,
  layout: TableLayout,
  row: Row,
  widthCells = Number.POSITIVE_INFINITY,
): boolean {
  if (row.span !== undefined) return measureCells(row.span) <= widthCells;
  return table.columns.every((_, index) => {
    const cell = row.cells[index] ?? '';
    const place = layout.columns.indexOf(index);
    return cell === '' || (place >= 0 && measureCells(cell) <= (layout.widths[place] ?? 0));
  });
}

/** One row in full, for the space below a table that had to cut it: `via 192.0.2.1 · link eth0 · …`. */
export function formatRowDetails(table: TableView, row: Row, widthCells: number): readonly string[] {
  if (row.span !== undefined) return packParts([row.span], widthCells);
  const parts = table.columns.map(({ title }, index) => {
    const cell = (row.full ?? row.cells)[index] ?? '';
    return cell === '' ? '' : `${title} ${cell}`;
  });
  return packParts(parts, widthCells);
}

function hasContent(table: TableView, index: number): boolean {
  return table.rows.some((row) => (row.cells[index] ?? '') !== '');
}

function leastOf(column: Column | undefined, natural: number): number {
  return column?.shrink === undefined ? natural : Math.min(natural, column.shrink);
}

function leastWidth(table: TableView, columns: readonly number[], natural: readonly number[]): number {
  const cells = columns.reduce((sum, index) => sum + leastOf(table.columns[index], natural[index] ?? 0), 0);
  return cells + GAP.length * Math.max(0, columns.length - 1);
}

function nextToDrop(table: TableView, columns: readonly number[]): number | undefined {
  const droppable = columns.filter((index) => table.columns[index]?.drop !== undefined);
  return droppable.sort((a, b) => (table.columns[b]?.drop ?? 0) - (table.columns[a]?.drop ?? 0))[0];
}

/** Takes cells from the widest column that may still shrink, one at a time, until the row fits. */
function shrinkToFit(
  table: TableView,
  columns: readonly number[],
  natural: readonly number[],
  widthCells: number,
): readonly number[] {
  const widths = columns.map((index) => natural[index] ?? 0);
  const least = columns.map((index) => leastOf(table.columns[index], natural[index] ?? 0));
  const room = widthCells - GAP.length * Math.max(0, columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    let widest = -1;
    for (let place = 0; place < widths.length; place++) {
      const mayShrink = (widths[place] ?? 0) > (least[place] ?? 0);
      if (mayShrink && (widest < 0 || (widths[place] ?? 0) > (widths[widest] ?? 0))) widest = place;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}
