/** The pane tabs, each with its key, and how old the visible pane's facts are. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { PANES, type PaneId } from '../../src/store/panes.ts';
import { useTheme } from './theme.ts';

type Props = {
  readonly pane: PaneId;
  readonly focused: boolean;
  readonly age: string;
  readonly columns: number;
};

export function Tabs({ pane, focused, age, columns }: Props): ReactElement {
  const theme = useTheme();
  const titles = tabTitles(columns);
  return (
    <Box width={columns} height={1} justifyContent="space-between" flexShrink={0}>
      <Text wrap="truncate">
        {' '}
        {titles
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
          .flatMap((tab, index) => (index === 0 ? [tab] : ['  ', tab]))}
      </Text>
      <Text dimColor>{`${age} `}</Text>
    </Box>
  );
}

/** Cells kept for the age beside the tabs. */
const AGE_CELLS = 12;

/** `1 Links  2 Routes …`, shorter where there is little room. */
function tabTitles(columns: number): readonly { readonly id: PaneId; readonly text: string }[] {
  const long = PANES.map((pane, index) => ({ id: pane.id, text: `${index + 1} ${pane.title}` }));
  const cells = long.reduce((sum, { text }) => sum + text.length + TAB_GAP, 0);
  if (cells <= columns - AGE_CELLS) return long;
  return PANES.map((pane, index) => ({ id: pane.id, text: `${index + 1} ${pane.shortTitle}` }));
}

/** The pane whose tab is at this cell of the tabs' row. */
export function findTab(columns: number, cell: number): PaneId | undefined {
  let start = 1;
  for (const { id, text } of tabTitles(columns)) {
    if (cell >= start && cell < start + text.length) return id;
    start += text.length + TAB_GAP;
  }
  return undefined;
}

/** Cells between two tabs. */
const TAB_GAP = 2;
