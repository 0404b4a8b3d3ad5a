/** Every action by its words, found loosely. */
import { Text } from 'ink';
import type { ReactElement } from 'react';
import { formatKeys } from '../../src/keys/match.ts';
import { findPaletteActions } from '../../src/store/palette.ts';
import { fitCells } from '../../src/view/cells.ts';
import { type Layout, scrollTop } from '../layout.ts';
import { useTheme } from '../ui/theme.ts';
import { Overlay, overlayColumns, overlayLine } from './Overlay.tsx';

type Props = { readonly layout: Layout; readonly text: string; readonly index: number };

const ROWS = 10;
const WIDEST_PALETTE = 72;
const KEY_CELLS = 9;

export function Palette({ layout, text, index }: Props): ReactElement {
  const theme = useTheme();
  const columns = Math.min(WIDEST_PALETTE, overlayColumns(layout));
  const found = findPaletteActions(text);
  const top = scrollTop(index, found.length, ROWS);
  const rows = Array.from({ length: ROWS }, (_, row) => found[top + row]);
  return (
    <Overlay
      layout={layout}
      title="Command"
      hint="Enter run · ↑ ↓ choose · Esc close"
      columns={columns}
      rows={ROWS + 1}
    >
      <Text {...theme.tone.accent} bold wrap="truncate">
        {overlayLine(`: ${text}▏`, columns)}
      </Text>
      {rows.map((binding, row) => {
        const line =
          binding === undefined ? '' : `${fitCells(formatKeys(binding.keys), KEY_CELLS)} ${binding.help}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the list has no identity but its place
          <Text key={row} inverse={top + row === index && binding !== undefined} wrap="truncate">
            {overlayLine(line, columns)}
          </Text>
        );
      })}
    </Overlay>
  );
}
