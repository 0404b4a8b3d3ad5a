/** The right side above the capture: the wiring of what is chosen, the tabs, and the visible pane. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { chosenTarget, isAttached, paneAgeMs } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { truncateEnd } from '../../src/view/cells.ts';
import { formatAge } from '../../src/view/format.ts';
import type { TargetEntry } from '../../src/view/target-list.ts';
import { formatWiring } from '../../src/view/wiring.ts';
import { Tabs } from '../ui/Tabs.tsx';
import { DiagnosisPane } from './DiagnosisPane.tsx';
import { LinksPane } from './LinksPane.tsx';
import { TablePane } from './TablePane.tsx';

type Props = { readonly state: State; readonly columns: number; readonly rows: number };

/** Terminals with this many rows for the pane have one to spare below the tabs. */
const ROOMY_ROWS = 26;

/** The rows above the pane itself: wiring, tabs, and a free one where there is room. */
export function rowsAbovePane(rows: number): number {
  return rows >= ROOMY_ROWS ? 3 : 2;
}

export function PaneArea({ state, columns, rows }: Props): ReactElement {
  const entry = chosenTarget(state);
  const ageMs = paneAgeMs(state);
  const above = rowsAbovePane(rows);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Wiring state={state} entry={entry} columns={columns} />
      <Tabs
        pane={state.pane}
        focused={state.focus === 'pane'}
        age={state.pane === 'diagnosis' || ageMs === undefined ? '' : formatAge(ageMs)}
        columns={columns}
      />
      {above > 2 && <Box height={above - 2} />}
      {entry?.namespace === undefined && state.pane !== 'diagnosis' ? (
        <NoNamespace entry={entry} />
      ) : (
        <VisiblePane state={state} columns={columns} rows={rows - above} />
      )}
    </Box>
  );
}

function VisiblePane({ state, columns, rows }: Props): ReactElement {
  switch (state.pane) {
    case 'links':
      return <LinksPane state={state} columns={columns} rows={rows} />;
    case 'diagnosis':
      return <DiagnosisPane diagnosis={state.diagnosis} columns={columns} rows={rows} />;
    default:
      return <TablePane state={state} columns={columns} rows={rows} />;
  }
}

type WiringProps = {
  readonly state: State;
  readonly entry: TargetEntry | undefined;
  readonly columns: number;
};

function Wiring({ state, entry, columns }: WiringProps): ReactElement {
  const { snapshot } = state;
  if (snapshot === undefined || entry === undefined) return <Text dimColor>{' reading the kernel…'}</Text>;
  if (entry.namespace === undefined) {
    return <Text bold wrap="truncate">{` ${truncateEnd(entry.name, columns - 2)}`}</Text>;
  }
  const attached = isAttached(state, entry.namespace) ? '  attached' : '';
  return (
    <Text wrap="truncate">
      <Text bold>{` ${formatWiring(snapshot, entry.namespace, columns - 2 - attached.length)}`}</Text>
      <Text dimColor>{attached}</Text>
    </Text>
  );
}

function NoNamespace({ entry }: { readonly entry: TargetEntry | undefined }): ReactElement | null {
  if (entry?.container === undefined) return null;
  return (
    <Box paddingLeft={1} paddingTop={1}>
      <Text dimColor>{`${entry.container.state}: no network namespace to look into`}</Text>
    </Box>
  );
}
