/** Asks for one line of text: a capture filter. */
import { Text } from 'ink';
import type { ReactElement } from 'react';
import { truncateEnd } from '../../src/view/cells.ts';
import type { Layout } from '../layout.ts';
import { useTheme } from '../ui/theme.ts';
import { Overlay, overlayColumns, overlayLine } from './Overlay.tsx';

type Props = {
  readonly layout: Layout;
  readonly title: string;
  readonly text: string;
  readonly help: string;
  readonly hint: string;
};

const WIDEST_PROMPT = 72;

export function Prompt({ layout, title, text, help, hint }: Props): ReactElement {
  const theme = useTheme();
  const columns = Math.min(WIDEST_PROMPT, overlayColumns(layout));
  // The end of a long text is what is being typed.
  const shown = text.length > columns - 8 ? `…${text.slice(-(columns - 9))}` : text;
  return (
    <Overlay layout={layout} title={title} hint={hint} columns={columns} rows={3}>
      <Text {...theme.tone.accent} bold wrap="truncate">
        {overlayLine(`› ${truncateEnd(shown, columns - 7)}▏`, columns)}
      </Text>
      <Text>{overlayLine('', columns)}</Text>
      <Text dimColor wrap="truncate">
        {overlayLine(help, columns)}
      </Text>
    </Overlay>
  );
}
