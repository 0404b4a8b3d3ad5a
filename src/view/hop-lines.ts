/** The hops of a packet's way as lines to read. */
import type { Hop } from '../model/diagnosis.ts';
import { truncateMiddle, wrapCells } from './cells.ts';
import type { Tone } from './table.ts';

export type Line = { readonly text: string; readonly tone: Tone };

export const BLANK: Line = { text: '', tone: 'normal' };

const HOP_MARKS: Readonly<Record<Hop['verdict'], { readonly mark: string; readonly tone: Tone }>> = {
  pass: { mark: '✓', tone: 'good' },
  drop: { mark: '✗', tone: 'bad' },
  unknown: { mark: '?', tone: 'warn' },
};

/** Cells of a namespace's name in a hop; the name stands in full at the top. */
const LEAST_NAME = 12;

/** One hop: what happens there, the rule that decides, and what could not be evaluated. */
export function hopLines(hop: Hop, widthCells: number): readonly Line[] {
  const { mark, tone } = HOP_MARKS[hop.verdict];
  const name = truncateMiddle(hop.namespace, Math.max(LEAST_NAME, Math.floor(widthCells / 3)));
  const where = hop.link === undefined ? name : `${name}/${hop.link}`;
  const rule = hop.rule === undefined || hop.rule === 'policy' ? undefined : hop.rule.text;
  return [
    ...wrap(`${mark} ${where}  ${hop.stage}: ${hop.detail}`, tone, widthCells, '', '    '),
    ...(rule === undefined ? [] : wrap(rule, 'dim', widthCells, '    ')),
    ...(hop.unknown ?? []).flatMap((text) => wrap(`not evaluated: ${text}`, 'warn', widthCells, '    ')),
  ];
}

/** Wrapped to the width; lines after the first are indented by `hanging`. */
export function wrap(
  text: string,
  tone: Tone,
  widthCells: number,
  indent = '',
  hanging = indent,
): readonly Line[] {
  return wrapCells(text, Math.max(1, widthCells - hanging.length)).map((line, index) => ({
    text: (index === 0 ? indent : hanging) + line,
    tone,
  }));
}
