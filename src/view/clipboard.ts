/** The escape sequence by which a terminal copies text for us (OSC 52, xterm's ctlseqs); it works over ssh too. */
import { cleanText } from '../model/clean-text.ts';

/** Terminals cut or ignore longer ones: xterm takes some 100 kB, others less. */
const LONGEST_BYTES = 50_000;

/** Undefined where the text is too long for terminals to take. */
export function formatClipboardSequence(text: string): string | undefined {
  const lines = text.split('\n').map(cleanText).join('\n');
  const bytes = new TextEncoder().encode(lines);
  if (bytes.length > LONGEST_BYTES) return undefined;
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `\x1b]52;c;${base64}\x07`;
}
