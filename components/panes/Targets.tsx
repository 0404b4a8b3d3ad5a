/** The list on the left: the filter, and every namespace and stopped container that it leaves. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { visibleTargets } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import { fitCells, measureCells, truncateEnd } from '../../src/view/cells.ts';
import { listTargets, type TargetEntry } from '../../src/view/target-list.ts';
import { scrollTop } from '../layout.ts';
import { useTheme } from '../ui/theme.ts';

type Props = { readonly state: State; readonly columns: number; readonly rows: number };

export function Targets({ state, columns, rows }: Props): ReactElement {
  const entries = visibleTargets(state);
  const total = state.snapshot === undefined ? 0 : listTargets(state.snapshot).length;
  const visible = rows - 1;
  const chosen = entries.findIndex((entry) => entry.key === state.target);
  const top = scrollTop(Math.max(0, chosen), entries.length, visible);
  const focused = state.focus === 'list';
  return (
    <Box flexDirection="column" width={columns} height={rows} flexShrink={0}>
      <FilterLine state={state} columns={columns} shown={entries.length} total={total} />
      {entries.slice(top, top + visible).map((entry) => (
        <TargetRow
          key={entry.key}
          entry={entry}
          chosen={entry.key === state.target}
          focused={focused}
          columns={columns}
        />
      ))}
      {entries.length === 0 && (
        <Text dimColor wrap="truncate">
          {`  ${total === 0 ? 'reading…' : 'nothing fits: Esc clears'}`}
        </Text>
      )}
    </Box>
  );
}

type FilterProps = {
  readonly state: State;
  readonly columns: number;
  readonly shown: number;
  readonly total: number;
};

function FilterLine({ state, columns, shown, total }: FilterProps): ReactElement {
  const theme = useTheme();
  const typing = state.mode.kind === 'filter';
  const count = state.filter === '' ? String(total) : `${shown}/${total}`;
  const room = columns - measureCells(count) - 5;
  const text = typing || state.filter !== '' ? state.filter : 'filter';
  const style = typing ? theme.tone.accent : state.filter === '' ? theme.tone.dim : {};
  const cursor = typing ? '▏' : ' ';
  return (
    <Text wrap="truncate">
      <Text {...style} bold={typing}>
        {fitCells(` / ${truncateEnd(text, room - 1)}${cursor}`, columns - measureCells(count) - 1)}
      </Text>
      <Text dimColor>{`${count} `}</Text>
    </Text>
  );
}

type RowProps = {
  readonly entry: TargetEntry;
  readonly chosen: boolean;
  readonly focused: boolean;
  readonly columns: number;
};

function TargetRow({ entry, chosen, focused, columns }: RowProps): ReactElement {
  const theme = useTheme();
  const [name, note] = splitRow(entry, columns - 4);
  const style = theme.tone[entry.tone];
  if (chosen && focused) {
    return <Text inverse wrap="truncate">{`▸${entry.mark} ${name}${note} `}</Text>;
  }
  return (
    <Text bold={chosen} wrap="truncate">
      {chosen ? '▸' : ' '}
      <Text {...style}>{`${entry.mark} `}</Text>
      <Text {...(entry.tone === 'dim' ? style : {})}>{name}</Text>
      <Text dimColor>{note}</Text>{' '}
    </Text>
  );
}

/** The name matters most: half an address would mislead, so the note goes as a whole. */
function splitRow(entry: TargetEntry, cells: number): readonly [string, string] {
  const noteCells = measureCells(entry.note);
  const hasRoom = measureCells(entry.name) + 1 + noteCells <= cells;
  if (!hasRoom) return [fitCells(entry.name, cells), ''];
  return [fitCells(entry.name, cells - noteCells), entry.note];
}
