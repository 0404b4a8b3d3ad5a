/** Lines of text that scroll; the last row says that there is more. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { fitCells } from '../../src/view/cells.ts';
import type { Line } from '../../src/view/diagnosis-lines.ts';
import { useTheme } from './theme.ts';

type Props = {
  readonly lines: readonly Line[];
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
};

export function Lines({ lines, top, columns, rows }: Props): ReactElement {
  const theme = useTheme();
  const isLong = lines.length > rows;
  const visible = isLong ? rows - 1 : rows;
  const first = Math.max(0, Math.min(top, lines.length - visible));
  const below = lines.length - first - visible;
  return (
    <Box flexDirection="column" height={rows} width={columns}>
      {lines.slice(first, first + visible).map(({ text, tone }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
        <Text key={index} {...theme.tone[tone]} wrap="truncate">
          {fitCells(` ${text}`, columns)}
        </Text>
      ))}
      {isLong && (
        <Text dimColor wrap="truncate">
          {fitCells(below > 0 ? ` ${below} more: j` : ' the end', columns)}
        </Text>
      )}
    </Box>
  );
}
