/**
 * Text measured in terminal cells, not in characters: a wide character takes two cells, a combining mark none.
 * Everything that is cut or padded here is cleaned too, so that no control sequence gets past this last door.
 */
import { createRequire } from 'node:module';
import { cleanText } from '../model/clean-text.ts';

const ELLIPSIS = '…';
/** Printable ASCII: one cell a character, so there is nothing to measure. */
const PLAIN = /^[\x20-\x7e]*$/;

export type Align = 'left' | 'right';

/** How many cells the text takes on a terminal. */
export function measureCells(text: string): number {
  return PLAIN.test(text) ? text.length : wideText().stringWidth(text);
}

type WideText = { readonly stringWidth: (text: string) => number; readonly graphemes: Intl.Segmenter };

let loaded: WideText | undefined;

/** What measures and divides text that is not plain. Its tables cost 20 ms, which a quick command's output never has to pay. */
function wideText(): WideText {
  loaded ??= {
    stringWidth: createRequire(import.meta.url)('string-width').default,
    graphemes: new Intl.Segmenter('en', { granularity: 'grapheme' }),
  };
  return loaded;
}

/** The text in at most `cells` cells, with `…` in place of what was cut at the end. */
export function truncateEnd(text: string, cells: number): string {
  const clean = cleanText(text);
  if (measureCells(clean) <= cells) return clean;
  if (cells <= 0) return '';
  return takeCells(clean, cells - 1) + ELLIPSIS;
}

/** The text in at most `cells` cells, cut in its middle: both ends of a name or path usually matter. */
export function truncateMiddle(text: string, cells: number): string {
  const clean = cleanText(text);
  if (measureCells(clean) <= cells) return clean;
  if (cells <= 0) return '';
  const head = Math.ceil((cells - 1) / 2);
  return takeCells(clean, head) + ELLIPSIS + takeLastCells(clean, cells - 1 - head);
}

/** The text in exactly `cells` cells: cut or filled with spaces. */
export function fitCells(text: string, cells: number, align: Align = 'left', cut = truncateEnd): string {
  const short = cut(text, cells);
  const space = ' '.repeat(Math.max(0, cells - measureCells(short)));
  return align === 'right' ? space + short : short + space;
}

/** The text broken at spaces into lines of at most `cells` cells; a longer word is broken where it must be. */
export function wrapCells(text: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of cleanText(text).split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (measureCells(joined) <= cells) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (measureCells(line) > cells) {
      const head = takeCells(line, Math.max(1, cells)) || line.slice(0, 1);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  lines.push(line);
  return lines;
}

/** The parts on as few lines as they need, broken inside only where one alone is too long. */
export function packParts(parts: readonly string[], widthCells: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts.filter((each) => each !== '')) {
    const last = lines.at(-1);
    const joined = `${last} · ${part}`;
    if (last !== undefined && measureCells(joined) <= widthCells) lines[lines.length - 1] = joined;
    else lines.push(...wrapCells(part, widthCells));
  }
  return lines;
}

function takeCells(text: string, cells: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, cells));
  let taken = '';
  let used = 0;
  for (const { segment } of wideText().graphemes.segment(text)) {
    used += measureCells(segment);
    if (used > cells) break;
    taken += segment;
  }
  return taken;
}

function takeLastCells(text: string, cells: number): string {
  const segments = Array.from(wideText().graphemes.segment(text), ({ segment }) => segment);
  let taken = '';
  let used = 0;
  for (const segment of segments.reverse()) {
    used += measureCells(segment);
    if (used > cells) break;
    taken = segment + taken;
  }
  return taken;
}
