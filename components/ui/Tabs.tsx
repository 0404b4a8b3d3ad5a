/** The pane tabs, each with its key, and how old the visible pane's facts are. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { PaneId } from '../../src/store/panes.ts';
import { chooseTabs, TAB_GAP } from './tab-titles.ts';
import { useTheme } from './theme.ts';

type Props = {
  readonly pane: PaneId;
  readonly focused: boolean;
  readonly age: string;
  readonly columns: number;
};

export function Tabs({ pane, focused, age, columns }: Props): ReactElement {
  const theme = useTheme();
  const { tabs, before, after } = chooseTabs(pane, columns);
  return (
    <Box width={columns} height={1} justifyContent="space-between" flexShrink={0}>
      <Text wrap="truncate">
        <Text dimColor>{before === undefined ? ' ' : ' ‹ '}</Text>
        {tabs
          .map(({ id, text }) =>
            id === pane ? (
              <Text key={id} bold {...(focused ? theme.tone.accent : {})} underline>
                {text}
              </Text>
            ) : (
              <Text key={id} dimColor>
                {text}
              </Text>
            ),
          )
          .flatMap((tab, index) => (index === 0 ? [tab] : [' '.repeat(TAB_GAP), tab]))}
        <Text dimColor>{after === undefined ? '' : ' ›'}</Text>
      </Text>
      <Text dimColor>{`${age} `}</Text>
    </Box>
  );
}
