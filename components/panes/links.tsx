/** The Links pane: all links with their rates, the chosen one in full, and a chart of what it carries. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { chosenLink, paneTable } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { wrapCells } from '../../src/view/cells.ts';
import { formatLinkDetails } from '../../src/view/links-table.ts';
import { Heading } from '../ui/frame.tsx';
import { RateChart } from '../ui/rate-chart.tsx';
import { TablePane } from './table-pane.tsx';

type Props = { readonly state: State; readonly columns: number; readonly rows: number };

/** Rows a chart needs at least to say more than its caption does. */
const SMALLEST_CHART = 6;
const LARGEST_CHART = 14;

export function Links({ state, columns, rows }: Props): ReactElement {
  const chosen = chosenLink(state);
  const count = paneTable(state)?.rows.length ?? 0;
  const details = chosen === undefined || state.snapshot === undefined ? [] : detailLines(state, columns - 2);
  const belowRows = details.length + 1;
  const tableRows = Math.min(count + 1, Math.max(Math.ceil(rows / 2), rows - belowRows - SMALLEST_CHART - 1));
  const left = rows - tableRows - belowRows;
  const chartRows = Math.min(LARGEST_CHART, left - 1);
  if (chosen === undefined || left < 0) return <TablePane state={state} columns={columns} rows={rows} />;
  return (
    <Box flexDirection="column" height={rows}>
      <TablePane state={state} columns={columns} rows={tableRows} />
      <Heading left={chosen.link.name} columns={columns} />
      {details.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
        <Text key={index} dimColor={index > 0} wrap="truncate">{` ${line}`}</Text>
      ))}
      {chartRows >= SMALLEST_CHART && (
        <RateChart history={chosen.history} rate={chosen.rate} columns={columns} rows={chartRows + 1} />
      )}
    </Box>
  );
}

function detailLines(state: State, columns: number): readonly string[] {
  const chosen = chosenLink(state);
  if (chosen === undefined || state.snapshot === undefined) return [];
  return formatLinkDetails(state.snapshot, chosen.link, chosen.rate).flatMap((line) =>
    wrapCells(line, columns).slice(0, 2),
  );
}
