/** The frame around everything: its edges carry the header and the hints, its rules divide the screen. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { fitCells, measureCells, truncateEnd } from '../../src/view/cells.ts';
import type { Tone } from '../../src/view/table.ts';
import { useTheme } from './theme.ts';

export type EdgeText = { readonly text: string; readonly tone?: Tone; readonly bold?: boolean };

type EdgeProps = {
  readonly corners: readonly [string, string];
  readonly left: readonly EdgeText[];
  readonly right: readonly EdgeText[];
  readonly columns: number;
};

/** `┌ left ──── right ┐`; the left side is cut where there is no room for both. */
export function Edge({ corners, left, right, columns }: EdgeProps): ReactElement {
  const rightCells = cellsOf(right);
  const room = columns - 2 - (rightCells > 0 ? rightCells + 3 : 0) - 3;
  const shown = cutTexts(left, room);
  const leftCells = cellsOf(shown);
  const fill = columns - 2 - (leftCells > 0 ? leftCells + 2 : 0) - (rightCells > 0 ? rightCells + 2 : 0);
  return (
    <Text wrap="truncate">
      <Text dimColor>{corners[0]}</Text>
      <Texts texts={shown} />
      <Text dimColor>{'─'.repeat(Math.max(0, fill))}</Text>
      <Texts texts={right} />
      <Text dimColor>{corners[1]}</Text>
    </Text>
  );
}

function Texts({ texts }: { readonly texts: readonly EdgeText[] }): ReactElement | null {
  const theme = useTheme();
  if (texts.length === 0) return null;
  return (
    <Text>
      {' '}
      {texts.map(({ text, tone, bold }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the texts of an edge have no identity but their place
        <Text key={index} {...theme.tone[tone ?? 'normal']} {...(bold ? { bold } : {})}>
          {text}
        </Text>
      ))}{' '}
    </Text>
  );
}

type RuleProps = { readonly rows: number; readonly joints?: Readonly<Record<number, string>> };

/** A vertical line, with another character where a horizontal one meets it. */
export function Rule({ rows, joints = {} }: RuleProps): ReactElement {
  const text = Array.from({ length: rows }, (_, row) => joints[row] ?? '│').join('\n');
  return (
    <Box width={1} height={rows} flexShrink={0}>
      <Text dimColor>{text}</Text>
    </Box>
  );
}

type HeadingProps = {
  readonly left: string;
  readonly right?: string;
  readonly columns: number;
  readonly active?: boolean;
};

/** A horizontal line with a title in it: `─ eth0 ────── 12 pkts ─`. */
export function Heading({ left, right = '', columns, active = false }: HeadingProps): ReactElement {
  const tail = right === '' ? '' : ` ${right} `;
  const title = truncateEnd(left, Math.max(0, columns - measureCells(tail) - 6));
  const fill = Math.max(0, columns - measureCells(title) - measureCells(tail) - 4);
  return (
    <Text wrap="truncate">
      <Text dimColor>─ </Text>
      <Text bold={active}>{title}</Text>
      <Text dimColor>{` ${'─'.repeat(fill)}`}</Text>
      <Text>{tail}</Text>
      <Text dimColor>─</Text>
    </Text>
  );
}

/** A line that takes all of its cells, for rows that are highlighted as a whole. */
export function fullLine(text: string, columns: number): string {
  return fitCells(text, columns);
}

function cellsOf(texts: readonly EdgeText[]): number {
  return texts.reduce((sum, { text }) => sum + measureCells(text), 0);
}

function cutTexts(texts: readonly EdgeText[], cells: number): readonly EdgeText[] {
  const shown: EdgeText[] = [];
  let room = cells;
  for (const each of texts) {
    if (room <= 0) break;
    const text = truncateEnd(each.text, room);
    shown.push({ ...each, text });
    room -= measureCells(text);
  }
  return shown;
}
