/** The first round as lines to read: how many are hit, each finding with all whom it hits, what is by design, what was not judged. */
import type { CheckedWay, Finding, FirstRound, LeftOut, WayResult } from '../model/first-round.ts';
import { causeLines } from './diagnosis-lines.ts';
import { BLANK, type Line, wrap } from './hop-lines.ts';

/** Ways that a finding names; of 200 that share one cause, these are enough to try it on. */
const MOST_NAMED = 8;
/** Findings of one cause that are told in full. */
const MOST_ALIKE = 3;
/** Undecided ways and things left out that are told. */
const MOST_TOLD = 12;

/** Wrapped to `widthCells`; commands stand in full on one line each. */
export function formatFirstRound(round: FirstRound, widthCells: number): readonly Line[] {
  return [
    ...headLines(round, widthCells),
    ...kindsOf(round.causes).flatMap((kind) => kindLines(round, kind, widthCells)),
    ...openLines(round, widthCells),
  ];
}

/** Findings of one cause in several places, in the order of the first of each cause. */
function kindsOf(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.byDesign ?? false}`;
    const kind = kinds.get(key);
    if (kind) kind.push(finding);
    else kinds.set(key, [finding]);
  }
  return [...kinds.values()];
}

/** The first few in full; of the rest, which say the same of other places, the places. */
function kindLines(round: FirstRound, kind: readonly Finding[], widthCells: number): readonly Line[] {
  const rest = kind.slice(MOST_ALIKE);
  const places = rest.map(({ namespace, subject }) => `${namespace} (${subject})`);
  return [
    ...kind
      .slice(0, MOST_ALIKE)
      .flatMap((finding) => [
        BLANK,
        ...causeLines(finding, widthCells, Number.POSITIVE_INFINITY),
        ...wrap(`hits ${listOf(hitBy(round, finding))}`, 'warn', widthCells, '  '),
      ]),
    ...(rest.length === 0
      ? []
      : [
          BLANK,
          ...wrap(`the same in ${count(rest.length, 'more place')}: ${listOf(places)}`, 'bad', widthCells),
        ]),
  ];
}

function headLines({ checked, causes, leftOut }: FirstRound, widthCells: number): readonly Line[] {
  if (checked.length === 0) {
    const nobody = 'nothing to look at: no container, no namespace on a bridge, no published port';
    const told: Line =
      leftOut.length > 0
        ? { text: 'nothing could be looked at', tone: 'warn' }
        : { text: nobody, tone: 'normal' };
    return wrap(told.text, told.tone, widthCells);
  }
  const of = (result: WayResult) => checked.filter((way) => way.result === result);
  const faults = causes.filter(({ byDesign }) => !byDesign).length;
  const lines: readonly (Line & { readonly ways: readonly CheckedWay[] })[] = [
    { ways: of('fault'), text: `hit by ${count(faults, 'fault')}`, tone: 'bad' },
    { ways: of('undecided'), text: 'could not be judged', tone: 'warn' },
    { ways: of('fine'), text: 'no fault found as far as this host decides', tone: 'good' },
    { ways: of('by-design'), text: 'closed by design', tone: 'normal' },
  ];
  return [
    ...lines
      .filter(({ ways }) => ways.length > 0)
      .flatMap(({ ways, text, tone }) => wrap(`${counted(ways)}: ${text}`, tone, widthCells)),
    ...wrap('nothing was sent; netpeek diagnose FROM TO proves one way on the wire', 'dim', widthCells),
  ];
}

function openLines({ checked, leftOut }: FirstRound, widthCells: number): readonly Line[] {
  const undecided = checked.flatMap(({ about, undecided: why }): readonly LeftOut[] =>
    why === undefined ? [] : [{ what: about, reason: why }],
  );
  const lists = [
    { title: 'could not be judged', list: undecided },
    { title: 'not looked at', list: leftOut },
  ];
  return lists
    .filter(({ list }) => list.length > 0)
    .flatMap(({ title, list }) => [
      BLANK,
      { text: title, tone: 'warn' as const },
      ...list
        .slice(0, MOST_TOLD)
        .flatMap(({ what, reason }) => wrap(`${what}: ${reason}`, 'normal', widthCells, '  ')),
      ...(list.length > MOST_TOLD
        ? wrap(`and ${list.length - MOST_TOLD} more`, 'dim', widthCells, '  ')
        : []),
    ]);
}

function hitBy({ checked }: FirstRound, { hits }: Finding): readonly string[] {
  const hit = new Set(hits);
  return checked.filter(({ n }) => hit.has(n)).map(({ about }) => about);
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join('; ');
  return names.length > MOST_NAMED ? `${shown}; and ${names.length - MOST_NAMED} more` : shown;
}

/** `12 ways out and 5 ways to published ports`. */
function counted(ways: readonly CheckedWay[]): string {
  const out = ways.filter(({ kind }) => kind === 'out').length;
  const published = ways.length - out;
  return [
    ...(out > 0 ? [out === 1 ? '1 way out' : `${out} ways out`] : []),
    ...(published > 0
      ? [published === 1 ? '1 way to a published port' : `${published} ways to published ports`]
      : []),
  ].join(' and ');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
