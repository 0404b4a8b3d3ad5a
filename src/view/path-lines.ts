/** A path as lines to read: what becomes of the packet, its way, and the way of the answer. */
import type { PathAnswer } from '../model/diagnosis.ts';
import { BLANK, hopLines, type Line, wrap } from './hop-lines.ts';

/** The whole path, wrapped to `widthCells`. */
export function formatPath(answer: PathAnswer, widthCells: number): readonly Line[] {
  const { flow, hops, reply } = answer;
  const port = flow.port === null ? '' : `:${flow.port}`;
  const source = flow.source === '' ? 'no source address' : flow.source;
  return [
    ...wrap(`${flow.from} → ${flow.to}: ${conclude(answer)}`, tone(answer), widthCells),
    ...wrap(`${flow.proto}  ${source} → ${flow.destination}${port}`, 'dim', widthCells),
    BLANK,
    { text: 'the way there', tone: 'accent' },
    ...hops.flatMap((hop) => hopLines(hop, widthCells)),
    ...(reply.length === 0 ? [] : [BLANK, { text: 'the way back', tone: 'accent' } as const]),
    ...reply.flatMap((hop) => hopLines(hop, widthCells)),
  ];
}

function tone({ verdict }: PathAnswer): Line['tone'] {
  return verdict === 'works' ? 'good' : verdict === 'broken' ? 'bad' : 'normal';
}

/** By the rules and tables alone: nothing was sent. */
function conclude({ verdict, hops, reply }: PathAnswer): string {
  if (verdict === 'works') return 'passes, there and back, by all that was read';
  const lost = [...hops, ...reply].find((hop) => hop.verdict === 'drop');
  if (verdict === 'broken' && lost)
    return hops.includes(lost)
      ? `does not arrive: lost at ${lost.namespace}`
      : `the answer does not arrive: lost at ${lost.namespace}`;
  const open = [...hops, ...reply].find((hop) => hop.verdict === 'unknown');
  return open ? `undecided: ${open.detail}` : 'undecided';
}
