/** A box above everything else, in the middle of the screen; it covers what lies below it. */
import { Box, Text } from 'ink';
import type { ReactElement, ReactNode } from 'react';
import { fitCells } from '../../src/view/cells.ts';
import type { Line } from '../../src/view/diagnosis-lines.ts';
import type { Layout } from '../layout.ts';
import { Edge } from '../ui/Frame.tsx';
import { Lines } from '../ui/Lines.tsx';

type Props = {
  readonly layout: Layout;
  readonly title: string;
  readonly hint: string;
  readonly columns: number;
  /** Inside the border. */
  readonly rows: number;
  readonly children: ReactNode;
};

export function Overlay({ layout, title, hint, columns, rows, children }: Props): ReactElement {
  const top = Math.max(0, Math.floor((layout.rows - rows - 2) / 2));
  const left = Math.max(0, Math.floor((layout.columns - columns) / 2));
  const side = Array.from({ length: rows }, () => '│').join('\n');
  return (
    <Box position="absolute" top={top} left={left} width={columns} height={rows + 2} flexDirection="column">
      <Edge corners={['┌', '┐']} left={[{ text: title, bold: true }]} right={[]} columns={columns} />
      <Box height={rows}>
        <Text>{side}</Text>
        <Box width={columns - 2} flexDirection="column">
          {children}
        </Box>
        <Text>{side}</Text>
      </Box>
      <Edge corners={['└', '┘']} left={[{ text: hint, tone: 'dim' }]} right={[]} columns={columns} />
    </Box>
  );
}

type TextProps = {
  readonly layout: Layout;
  readonly title: string;
  readonly hint: string;
  readonly lines: readonly Line[];
  readonly top: number;
};

/** Cells that an overlay with text leaves free on each side of the screen. */
const MARGIN = 3;
const WIDEST_OVERLAY = 100;

export function overlayColumns(layout: Layout): number {
  return Math.min(WIDEST_OVERLAY, layout.columns - 2 * MARGIN);
}

/** An overlay that is only read. */
export function TextOverlay({ layout, title, hint, lines, top }: TextProps): ReactElement {
  const columns = overlayColumns(layout);
  const rows = Math.min(lines.length, layout.rows - 4);
  return (
    <Overlay layout={layout} title={title} hint={hint} columns={columns} rows={rows}>
      <Lines lines={lines} top={top} columns={columns - 2} rows={rows} />
    </Overlay>
  );
}

/** One line of an overlay that takes all of its cells, so that nothing below shows through. */
export function overlayLine(text: string, columns: number): string {
  return fitCells(` ${text}`, columns - 2);
}
