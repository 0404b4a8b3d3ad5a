/** A diagnosis as lines to read: the verdict, each cause with its evidence and its fix, the hops. */
import type { Cause, Diagnosis, Verdict } from '../model/diagnosis.ts';
import { findOpenHop } from '../model/open-hop.ts';
import { BLANK, hopLines, type Line, wrap } from './hop-lines.ts';
import { nameLines } from './name-lines.ts';

export type { Line } from './hop-lines.ts';

const VERDICTS: Readonly<Record<Exclude<Verdict, 'undecided'>, Line>> = {
  works: { text: 'works', tone: 'good' },
  broken: { text: 'is broken', tone: 'bad' },
  degraded: { text: 'is degraded', tone: 'warn' },
};

const UNDECIDED: Line = { text: 'is undecided', tone: 'warn' };

/** The destination is a name without an address: the hops are those of the question for it. */
function isUnresolved({ name }: Diagnosis): boolean {
  return name !== undefined && name.addresses.length === 0;
}

export type DiagnosisFormat = {
  /** Commands stand in full on one line each, so that they can be pasted; otherwise they are wrapped too. */
  readonly wholeCommands: boolean;
  /** What the destination is called, where that is another word than the one that was asked with. */
  readonly to?: string;
};

/** The whole diagnosis, wrapped to `widthCells`. */
export function formatDiagnosis(
  diagnosis: Diagnosis,
  widthCells: number,
  { wholeCommands, to = diagnosis.flow.to }: DiagnosisFormat = { wholeCommands: true },
): readonly Line[] {
  const lines: Line[] = [...verdictLines(diagnosis, to, widthCells)];
  const fixCells = wholeCommands ? Number.POSITIVE_INFINITY : widthCells;
  for (const cause of diagnosis.causes) lines.push(BLANK, ...causeLines(cause, widthCells, fixCells));
  if (diagnosis.hops.length > 0)
    lines.push(BLANK, {
      text: `the way of the ${isUnresolved(diagnosis) ? 'question for the name' : 'packet'}`,
      tone: 'accent',
    });
  for (const hop of diagnosis.hops) lines.push(...hopLines(hop, widthCells));
  if (diagnosis.reply.length > 0) lines.push(BLANK, { text: 'the way of the answer', tone: 'accent' });
  for (const hop of diagnosis.reply) lines.push(...hopLines(hop, widthCells));
  if (!isUnresolved(diagnosis)) lines.push(...liveLines(diagnosis, widthCells));
  return lines;
}

function verdictLines(diagnosis: Diagnosis, to: string, widthCells: number): readonly Line[] {
  const { flow, verdict } = diagnosis;
  const way = `${flow.from} → ${to}`;
  const name = diagnosis.name ? nameLines(diagnosis.name, widthCells) : [];
  if (isUnresolved(diagnosis)) {
    const { text, tone } = verdict === 'undecided' ? UNDECIDED : VERDICTS[verdict];
    return [...wrap(`${way} ${text}`, tone, widthCells), ...name];
  }
  const port = flow.port === null ? '' : `:${flow.port}`;
  const source = flow.source === '' ? 'no source address' : flow.source;
  const packet = [
    ...name,
    ...wrap(`${flow.proto}  ${source} → ${flow.destination}${port}`, 'dim', widthCells),
  ];
  if (verdict !== 'undecided') {
    const { text, tone } = VERDICTS[verdict];
    const by = verdict === 'works' && !diagnosis.live.ran ? ', by all that was read; nothing was sent' : '';
    return [...wrap(`${way} ${text}${by}`, tone, widthCells), ...packet];
  }
  const { open, isEnd } = findOpenHop(diagnosis);
  const { ran, lastSeen, outcome = 'no answer' } = diagnosis.live;
  const isWhereItEnds = isEnd && lastSeen === `${open.namespace}/${open.link}`;
  if (ran && !isWhereItEnds) {
    const seen = lastSeen === null ? 'the probe was seen on no link' : `last seen at ${lastSeen}`;
    return [...wrap(`${way}: undecided: ${outcome}, ${seen}`, 'warn', widthCells), ...packet];
  }
  if (!isEnd) {
    const why = open === undefined ? 'nothing of the way was seen' : open.detail;
    return [...wrap(`${way}: undecided: ${why}`, 'warn', widthCells), ...packet];
  }
  return [
    ...wrap(`${way}: no fault found as far as this host decides`, 'normal', widthCells),
    ...wrap(`not proven to work: ${open.detail}`, 'dim', widthCells),
    ...packet,
  ];
}

/** What is wrong, what shows it, what mends it, and what it teaches. */
export function causeLines(cause: Cause, widthCells: number, fixCells: number): readonly Line[] {
  return [
    ...wrap(`${cause.title}  (${cause.confidence})`, 'bad', widthCells),
    ...wrap(`in ${cause.namespace}: ${cause.subject}`, 'normal', widthCells, '  '),
    ...cause.evidence.flatMap(({ source, value }) =>
      wrap(`${source} = ${value}`, 'normal', widthCells, '  '),
    ),
    ...cause.fix.flatMap((command) => wrap(`fix: ${command}`, 'good', fixCells, '  ')),
    ...(cause.more === '' ? [] : wrap(cause.more, 'dim', widthCells, '  ')),
  ];
}

function liveLines({ live }: Diagnosis, widthCells: number): readonly Line[] {
  const { ran, sent, answered, lastSeen, outcome, weaker = [] } = live;
  if (!ran) return outcome === undefined ? [] : [BLANK, ...wrap(outcome, 'dim', widthCells)];
  const last = lastSeen === null ? ', seen on no link' : `, last seen at ${lastSeen}`;
  const end = outcome === undefined ? '' : `: ${outcome}`;
  const told = `on the wire: ${sent} sent, ${answered} answered${last}${end}`;
  return [
    BLANK,
    ...wrap(told, 'normal', widthCells),
    ...weaker.flatMap((text) => wrap(`not observed: ${text}`, 'dim', widthCells)),
  ];
}
