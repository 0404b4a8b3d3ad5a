/** Said in place of everything where the terminal has no room for it. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { SMALLEST } from '../layout.ts';

type Props = { readonly columns: number; readonly rows: number };

export function TooSmall({ columns, rows }: Props): ReactElement {
  return (
    <Box width={columns} height={rows} alignItems="center" justifyContent="center" flexDirection="column">
      <Text>{`netpeek needs ${SMALLEST.columns}×${SMALLEST.rows}.`}</Text>
      <Text dimColor>{`This terminal is ${columns}×${rows}.`}</Text>
      <Text dimColor>{'Make it larger, or press q.'}</Text>
    </Box>
  );
}
