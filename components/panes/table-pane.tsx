/** A pane that is one table: routes, neighbours, NAT. */
import type { ReactElement } from 'react';
import { currentRowIndex } from '../../src/store/navigation.ts';
import { paneTable } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { TableRows } from '../ui/table-rows.tsx';

type Props = { readonly state: State; readonly columns: number; readonly rows: number };

export function TablePane({ state, columns, rows }: Props): ReactElement | null {
  const table = paneTable(state);
  if (table === undefined) return null;
  return (
    <TableRows
      table={table}
      chosen={currentRowIndex(state)}
      focused={state.focus === 'pane'}
      columns={columns}
      rows={rows}
    />
  );
}
