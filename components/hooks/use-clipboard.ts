/** Passes copied text to the terminal's clipboard; the sequence moves no cursor, so the frame stays as it is. */
import { useStdout } from 'ink';
import { useEffect } from 'react';
import type { State } from '../../src/store/state.ts';
import { formatClipboardSequence } from '../../src/view/clipboard.ts';

export function useClipboard(copied: State['copied']): void {
  const { stdout } = useStdout();
  useEffect(() => {
    const sequence = copied === undefined ? undefined : formatClipboardSequence(copied.text);
    if (sequence !== undefined) stdout.write(sequence);
  }, [copied, stdout]);
}
