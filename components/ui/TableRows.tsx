/** Draws a table: its header, and as many rows around the chosen one as there is room for. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { wrapCells } from '../../src/view/cells.ts';
import { formatHeader, formatTableRow, layoutTable, type TableView } from '../../src/view/table.ts';
import { scrollTop } from '../layout.ts';
import { fullLine } from './Frame.tsx';
import { useTheme } from './theme.ts';

type Props = {
  readonly table: TableView;
  readonly chosen: number;
  readonly focused: boolean;
  readonly columns: number;
  readonly rows: number;
};

export function TableRows({ table, chosen, focused, columns, rows }: Props): ReactElement {
  const theme = useTheme();
  if (table.rows.length === 0) return <EmptyTable text={table.empty} columns={columns} rows={rows} />;
  const layout = layoutTable(table, columns - 2);
  const visible = Math.max(1, rows - 1);
  const top = scrollTop(chosen, table.rows.length, visible);
  return (
    <Box flexDirection="column" height={rows}>
      <Text dimColor wrap="truncate">
        {` ${formatHeader(table, layout)}`}
      </Text>
      {table.rows.slice(top, top + visible).map((row, index) => {
        const isChosen = top + index === chosen;
        const line = `${isChosen ? '▸' : ' '}${formatTableRow(table, layout, row, columns - 2)}`;
        return isChosen && focused ? (
          <Text key={row.key} inverse wrap="truncate">
            {fullLine(line, columns)}
          </Text>
        ) : (
          <Text key={row.key} {...theme.tone[row.tone ?? 'normal']} bold={isChosen} wrap="truncate">
            {line}
          </Text>
        );
      })}
    </Box>
  );
}

/** 'None' and 'not read' are told apart by their words and their weight. */
function EmptyTable({ text, columns, rows }: { text: string; columns: number; rows: number }): ReactElement {
  const theme = useTheme();
  const style = theme.tone[text.startsWith('not read:') ? 'warn' : 'dim'];
  return (
    <Box flexDirection="column" height={rows} paddingLeft={1} paddingTop={rows > 3 ? 1 : 0}>
      {wrapCells(text, columns - 2)
        .slice(0, rows)
        .map((line) => (
          <Text key={line} {...style} wrap="truncate">
            {line}
          </Text>
        ))}
    </Box>
  );
}
