/** A pane that is one table: all but links and the diagnosis. Below it the chosen row in full, where its cells were cut. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { currentRowIndex } from '../../src/store/navigation.ts';
import { paneTable } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { formatRowDetails, isShownInFull, layoutTable, type TableView } from '../../src/view/table.ts';
import { Heading } from '../ui/Frame.tsx';
import { TableRows } from '../ui/TableRows.tsx';

type Props = {
  readonly state: State;
  readonly columns: number;
  readonly rows: number;
  /** False where something else below tells what the columns cut. */
  readonly details?: boolean;
};

/** Rows that the table keeps for itself, its header included. */
const LEAST_TABLE_ROWS = 5;

export function TablePane({ state, columns, rows, details = true }: Props): ReactElement | null {
  const table = paneTable(state);
  if (table === undefined) return null;
  const chosen = currentRowIndex(state, table);
  const lines = details ? cutRowLines(table, chosen, columns - 2, rows) : [];
  const tableRows = divideTablePane(table, lines, rows);
  return (
    <Box flexDirection="column" height={rows}>
      <TableRows
        table={table}
        chosen={chosen}
        focused={state.focus === 'pane'}
        columns={columns}
        rows={tableRows}
      />
      {lines.length > 0 && <Heading left="in full" columns={columns} />}
      {lines.map((line) => (
        <Text key={line} wrap="truncate">{` ${line}`}</Text>
      ))}
    </Box>
  );
}

/** How many rows the table has: what the chosen row in full leaves. */
export function divideTablePane(table: TableView, lines: readonly string[], rows: number): number {
  return lines.length === 0 ? rows : Math.min(table.rows.length + 1, rows - lines.length - 1);
}

/** The chosen row in full; nothing where the table shows it in full already. */
export function cutRowLines(
  table: TableView,
  chosen: number,
  columns: number,
  rows: number,
): readonly string[] {
  const row = table.rows[chosen];
  if (row === undefined || isShownInFull(table, layoutTable(table, columns), row, columns)) return [];
  return formatRowDetails(table, row, columns).slice(0, Math.max(0, rows - LEAST_TABLE_ROWS - 1));
}
