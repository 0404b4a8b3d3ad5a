/** A diagnosis as lines to read: the verdict, each cause with its evidence and its fix, the hops. */
import type { Cause, Diagnosis, Hop, Verdict } from '../model/diagnosis.ts';
import { wrapCells } from './cells.ts';
import type { Tone } from './table.ts';

export type Line = { readonly text: string; readonly tone: Tone };

const VERDICTS: Readonly<Record<Verdict, { readonly words: string; readonly tone: Tone }>> = {
  works: { words: 'works', tone: 'good' },
  broken: { words: 'is broken', tone: 'bad' },
  degraded: { words: 'is degraded', tone: 'warn' },
  undecided: { words: 'could not be decided', tone: 'warn' },
};

const HOP_MARKS: Readonly<Record<Hop['verdict'], { readonly mark: string; readonly tone: Tone }>> = {
  pass: { mark: '✓', tone: 'good' },
  drop: { mark: '✗', tone: 'bad' },
  unknown: { mark: '?', tone: 'warn' },
};

/** The whole diagnosis, wrapped to `widthCells`; commands are wrapped too, never cut. */
export function formatDiagnosis(diagnosis: Diagnosis, widthCells: number): readonly Line[] {
  const { flow } = diagnosis;
  const verdict = VERDICTS[diagnosis.verdict];
  const port = flow.port === null ? '' : `:${flow.port}`;
  const lines: Line[] = [
    ...wrap(`${flow.from} → ${flow.to} ${verdict.words}`, verdict.tone, widthCells),
    ...wrap(`${flow.proto}  ${flow.source} → ${flow.destination}${port}`, 'dim', widthCells),
  ];
  for (const cause of diagnosis.causes) lines.push(BLANK, ...causeLines(cause, widthCells));
  if (diagnosis.hops.length > 0) lines.push(BLANK, { text: 'the way of the packet', tone: 'accent' });
  for (const hop of diagnosis.hops) lines.push(...hopLines(hop, widthCells));
  if (diagnosis.live.ran) lines.push(BLANK, ...wrap(formatLive(diagnosis), 'normal', widthCells));
  return lines;
}

const BLANK: Line = { text: '', tone: 'normal' };

function causeLines(cause: Cause, widthCells: number): readonly Line[] {
  return [
    ...wrap(`${cause.title}  (${cause.confidence})`, 'bad', widthCells),
    ...wrap(`in ${cause.namespace}: ${cause.subject}`, 'normal', widthCells, '  '),
    ...cause.evidence.flatMap(({ source, value }) =>
      wrap(`${source} = ${value}`, 'normal', widthCells, '  '),
    ),
    ...cause.fix.flatMap((command) => wrap(`fix: ${command}`, 'good', widthCells, '  ')),
    ...(cause.more === '' ? [] : wrap(cause.more, 'dim', widthCells, '  ')),
  ];
}

function hopLines(hop: Hop, widthCells: number): readonly Line[] {
  const { mark, tone } = HOP_MARKS[hop.verdict];
  const where = hop.link === undefined ? hop.namespace : `${hop.namespace}/${hop.link}`;
  const rule = hop.rule === undefined || hop.rule === 'policy' ? undefined : hop.rule.text;
  return [
    ...wrap(`${mark} ${where}  ${hop.stage}: ${hop.detail}`, tone, widthCells, '', '    '),
    ...(rule === undefined ? [] : wrap(rule, 'dim', widthCells, '    ')),
    ...(hop.unknown ?? []).flatMap((text) => wrap(`not evaluated: ${text}`, 'warn', widthCells, '    ')),
  ];
}

function formatLive({ live }: Diagnosis): string {
  const last = live.lastSeen === null ? '' : `, last seen at ${live.lastSeen}`;
  return `on the wire: ${live.sent} sent, ${live.answered} answered${last}`;
}

function wrap(text: string, tone: Tone, widthCells: number, indent = '', hanging = indent): readonly Line[] {
  return wrapCells(text, Math.max(1, widthCells - hanging.length)).map((line, index) => ({
    text: (index === 0 ? indent : hanging) + line,
    tone,
  }));
}
