/** The capture pane: tcpdump's newest lines, how many packets, how many drops. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Capture } from '../../src/store/state.ts';
import { truncateEnd, wrapCells } from '../../src/view/cells.ts';
import { formatCount } from '../../src/view/format.ts';
import { Heading } from '../ui/Frame.tsx';
import { useTheme } from '../ui/theme.ts';

type Props = {
  readonly capture: Capture;
  readonly focused: boolean;
  readonly columns: number;
  readonly rows: number;
};

export function CapturePane({ capture, focused, columns, rows }: Props): ReactElement {
  const theme = useTheme();
  const notes = noteLines(capture, columns - 2).slice(0, rows - 1);
  const visible = rows - 1 - notes.length;
  const lines = capture.paused ?? capture.lines;
  const end = Math.max(visible, lines.length - capture.back);
  const shown = lines.slice(Math.max(0, end - visible), end);
  const filter = capture.filter === '' ? 'everything' : capture.filter;
  return (
    <Box flexDirection="column" height={rows} width={columns}>
      <Heading
        left={`capture ${capture.target} · ${filter}`}
        right={captureCounts(capture)}
        columns={columns}
        active={focused}
      />
      {shown.length === 0 && notes.length === 0 && (
        <Text dimColor wrap="truncate">{` ${truncateEnd(waitingText(capture), columns - 2)}`}</Text>
      )}
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two packets may read the same, only their places differ
        <PacketLine key={index} line={line} columns={columns - 2} />
      ))}
      {notes.map((line) => (
        <Text key={line} {...theme.tone[capture.error === undefined ? 'warn' : 'bad']} wrap="truncate">
          {` ${line}`}
        </Text>
      ))}
    </Box>
  );
}

/** Why it ended, below the packets that came before. */
function noteLines({ why, error }: Capture, columns: number): readonly string[] {
  return [why === undefined ? '' : `the capture ended: ${why}`, error ?? '']
    .filter((text) => text !== '')
    .flatMap((text) => wrapCells(text, columns));
}

/** Cells below which the time is told in milliseconds only. */
const NARROW = 110;

/** The time steps back, so that the eye finds who talks to whom. */
function PacketLine({ line, columns }: { readonly line: string; readonly columns: number }): ReactElement {
  const [whole, seconds = '', fraction = ''] = /^(\d{2}:\d{2}:\d{2}\.)(\d+) /.exec(line) ?? [''];
  const time = whole === '' ? '' : `${seconds}${columns < NARROW ? fraction.slice(0, 3) : fraction} `;
  return (
    <Text wrap="truncate">
      {' '}
      <Text dimColor>{time}</Text>
      {truncateEnd(line.slice(whole.length), columns - time.length)}
    </Text>
  );
}

function captureCounts(capture: Capture): string {
  const counts = [
    `${formatCount(capture.packets)} ${capture.packets === 1 ? 'packet' : 'packets'}`,
    capture.dropped === undefined ? '' : `${formatCount(capture.dropped)} dropped`,
    capture.paused === undefined ? '' : 'paused',
    capture.ended ? 'ended' : '',
  ];
  return counts.filter((count) => count !== '').join(' · ');
}

function waitingText(capture: Capture): string {
  if (capture.ended) return 'no packet was seen';
  return capture.command === undefined ? 'starting tcpdump…' : `waiting for packets: ${capture.command}`;
}
