/** One line of text to type, and below it what it has found, to choose from. */
import { Text } from 'ink';
import type { ReactElement } from 'react';
import { type Layout, scrollTop } from '../layout.ts';
import { useTheme } from '../ui/theme.ts';
import { Overlay, overlayColumns, overlayLine } from './Overlay.tsx';

type Props = {
  readonly layout: Layout;
  readonly title: string;
  readonly hint: string;
  /** The mark before the text: `:` or `›`. */
  readonly mark: string;
  readonly text: string;
  /** Said in place of the text while there is none. */
  readonly example?: string;
  readonly choices: readonly string[];
  readonly index: number;
};

const ROWS = 10;
const WIDEST_CHOICES = 72;

export function Choices({ layout, title, hint, mark, text, example, choices, index }: Props): ReactElement {
  const theme = useTheme();
  const columns = Math.min(WIDEST_CHOICES, overlayColumns(layout));
  const top = scrollTop(index, choices.length, ROWS);
  const rows = Array.from({ length: ROWS }, (_, row) => choices[top + row]);
  // The end of a long text is what is being typed.
  const shown = text.length > columns - 8 ? `…${text.slice(-(columns - 9))}` : text;
  return (
    <Overlay layout={layout} title={title} hint={hint} columns={columns} rows={ROWS + 1}>
      {text === '' && example !== undefined ? (
        <Text dimColor wrap="truncate">
          {overlayLine(`${mark} ▏${example}`, columns)}
        </Text>
      ) : (
        <Text {...theme.tone.accent} bold wrap="truncate">
          {overlayLine(`${mark} ${shown}▏`, columns)}
        </Text>
      )}
      {rows.map((choice, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the list has no identity but its place
        <Text key={row} inverse={top + row === index && choice !== undefined} wrap="truncate">
          {overlayLine(choice ?? '', columns)}
        </Text>
      ))}
    </Overlay>
  );
}
