/** What a link carried lately: a caption with the numbers, and the chart once its library is loaded. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { RatePoint } from '../../src/store/rates.ts';
import { formatRate } from '../../src/view/format.ts';
import type { LinkRate } from '../../src/view/links-table.ts';
import { useChart } from '../hooks/use-chart.ts';
import { useTheme } from './theme.ts';

type Props = {
  readonly history: readonly RatePoint[];
  readonly rate: LinkRate | undefined;
  readonly columns: number;
  readonly rows: number;
};

export function RateChart({ history, rate, columns, rows }: Props): ReactElement {
  const theme = useTheme();
  const chart = useChart(history, columns - 2, rows - 1);
  const waiting = rate === undefined ? 'measuring…' : '';
  return (
    <Box flexDirection="column" height={rows}>
      <Box width={columns - 1} justifyContent="space-between">
        <Text wrap="truncate">
          {' '}
          {rate !== undefined && <Text {...theme.chart.rx}>{`rx ${formatRate(rate.rxBytesPerS)}`}</Text>}
          {rate !== undefined && <Text {...theme.chart.tx}>{`   tx ${formatRate(rate.txBytesPerS)}`}</Text>}
          <Text dimColor>{waiting}</Text>
        </Text>
        <Text dimColor>{history.length < 2 ? '' : `in ${chart.unit}`}</Text>
      </Box>
      {chart.lines.map((spans, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a picture have no identity but their place
        <Text key={row} wrap="truncate">
          {' '}
          {spans.map(({ text, tone }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <Text key={place} {...theme.chart[tone]}>
              {text}
            </Text>
          ))}
        </Text>
      ))}
    </Box>
  );
}
