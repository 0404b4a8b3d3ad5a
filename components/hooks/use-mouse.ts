/**
 * Asks the terminal for the mouse while it is wanted, and gives it back. Ink passes on no sequence that is not a key,
 * so the reports are read beside it: a `data` listener hears what Ink reads and takes nothing away. Call it after
 * `useInput`: without Ink's own listener it would set the stream flowing.
 */
import { useStdin, useStdout } from 'ink';
import { useEffect, useEffectEvent } from 'react';
import { findMouseReports, MOUSE_OFF, MOUSE_ON, type Mouse } from '../../src/keys/mouse.ts';

export function useMouse(wanted: boolean, onMouse: (mouse: Mouse) => void): void {
  const { stdin } = useStdin();
  const { stdout } = useStdout();
  const hear = useEffectEvent((chunk: string | Uint8Array) => {
    for (const mouse of findMouseReports(String(chunk))) onMouse(mouse);
  });
  useEffect(() => {
    if (!wanted) return;
    const listener = (chunk: string | Uint8Array) => hear(chunk);
    stdin.on('data', listener);
    stdout.write(MOUSE_ON);
    return () => {
      stdin.off('data', listener);
      stdout.write(MOUSE_OFF);
    };
  }, [wanted, stdin, stdout]);
}
