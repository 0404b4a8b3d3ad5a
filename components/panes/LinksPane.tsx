/** The Links pane: all links with their rates, the chosen one in full, and a chart of what it carries. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { chosenLink, paneTable } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { formatLinkDetails } from '../../src/view/links-table.ts';
import { Heading } from '../ui/Frame.tsx';
import { RateChart } from '../ui/RateChart.tsx';
import { TablePane } from './TablePane.tsx';

type Props = { readonly state: State; readonly columns: number; readonly rows: number };

/** Rows a chart needs at least to say more than its caption does. */
const SMALLEST_CHART = 6;
const LARGEST_CHART = 14;
/** Rows of the table, its header included, that a chart must leave. */
const LEAST_TABLE_ROWS = 6;

export function LinksPane({ state, columns, rows }: Props): ReactElement {
  const chosen = chosenLink(state);
  const details = detailLines(state, columns - 2);
  const { tableRows, chartRows } = divideLinksPane(state, columns, rows);
  if (chosen === undefined || tableRows === rows) {
    return <TablePane state={state} columns={columns} rows={rows} details={false} />;
  }
  return (
    <Box flexDirection="column" height={rows}>
      <TablePane state={state} columns={columns} rows={tableRows} details={false} />
      <Heading left={chosen.link.name} columns={columns} />
      {details.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
        <Text key={index} dimColor={index > 0} wrap="truncate">{` ${line}`}</Text>
      ))}
      {chartRows > 0 && (
        <RateChart history={chosen.history} rate={chosen.rate} columns={columns} rows={chartRows + 1} />
      )}
    </Box>
  );
}

/** How many rows the table and the chart have; all of them for the table where there is no room to share. */
export function divideLinksPane(
  state: State,
  columns: number,
  rows: number,
): { readonly tableRows: number; readonly chartRows: number } {
  const allRows = (paneTable(state)?.rows.length ?? 0) + 1;
  const belowRows = detailLines(state, columns - 2).length + 1;
  const withChart = rows - belowRows - SMALLEST_CHART - 1;
  const hasChart = withChart >= Math.min(allRows, LEAST_TABLE_ROWS);
  const tableRows = Math.min(allRows, hasChart ? withChart : rows - belowRows);
  if (tableRows < 3 && tableRows < allRows) return { tableRows: rows, chartRows: 0 };
  const left = rows - tableRows - belowRows;
  return { tableRows, chartRows: hasChart ? Math.min(LARGEST_CHART, left - 1) : 0 };
}

function detailLines(state: State, columns: number): readonly string[] {
  const chosen = chosenLink(state);
  if (chosen === undefined || state.snapshot === undefined) return [];
  return formatLinkDetails(state.snapshot, chosen.link, columns, chosen.rate);
}
