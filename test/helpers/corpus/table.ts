/** The page that a run of the corpus gives: each class, and how often the answer was right. */
import { release } from 'node:os';
import type { CorpusCase } from './random-case.ts';
import type { Asked, CaseResult } from './run-case.ts';

export type Ran = { readonly one: CorpusCase; readonly result: CaseResult };

type Row = { readonly name: string; readonly asked: readonly Asked[]; readonly thrown: number };

/** What was asked of one kind, and how many cases said nothing. */
function rowsOf(
  ran: readonly Ran[],
  pick: (result: Extract<CaseResult, { kind: 'asked' }>) => Asked | undefined,
): readonly Row[] {
  const names = [...new Set(ran.map(({ one }) => nameOf(one)))].toSorted();
  return names.map((name) => {
    const own = ran.filter(({ one }) => nameOf(one) === name);
    const asked = own.flatMap(({ result }) => (result.kind === 'asked' ? (pick(result) ?? []) : []));
    return { name, asked, thrown: own.filter(({ result }) => result.kind === 'thrown-away').length };
  });
}

function nameOf({ faults }: CorpusCase): string {
  if (faults.length > 1) return '(two at once)';
  return faults[0]?.kind.id ?? '(healthy)';
}

const count = (asked: readonly Asked[], outcome: Asked['outcome']) =>
  asked.filter((one) => one.outcome === outcome).length;

function median(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? '–' : middle.toFixed(1);
}

function table(rows: readonly Row[]): string {
  const all = rows.flatMap(({ asked }) => asked);
  const thrown = rows.reduce((sum, row) => sum + row.thrown, 0);
  const line = ({ name, asked, thrown: away }: Row) =>
    `| ${name} | ${count(asked, 'right')} | ${count(asked, 'undecided')} | ${count(asked, 'wrong')} | ${median(asked.map(({ seconds }) => seconds))} | ${away} |`;
  return [
    '| Class | Right | Undecided | Wrong | Seconds | Thrown away |',
    '|---|---|---|---|---|---|',
    ...rows.map(line),
    line({ name: '**all**', asked: all, thrown }),
  ].join('\n');
}

function share(rows: readonly Row[]): string {
  const injected = rows.filter(({ name }) => name !== '(healthy)').flatMap(({ asked }) => asked);
  const healthy = rows.filter(({ name }) => name === '(healthy)').flatMap(({ asked }) => asked);
  const both = injected.filter(({ bothNamed }) => bothNamed !== undefined);
  const percent = injected.length === 0 ? 0 : (100 * count(injected, 'right')) / injected.length;
  return [
    `- injected: ${injected.length}, the cause named first ${count(injected, 'right')} (${percent.toFixed(1)} %), undecided ${count(injected, 'undecided')}, wrong ${count(injected, 'wrong')}`,
    `- healthy: ${healthy.length}, alarms ${count(healthy, 'wrong')}, undecided ${count(healthy, 'undecided')}`,
    ...(both.length > 0
      ? [
          `- two at once and the first right: ${both.length}, the second named as well ${both.filter(({ bothNamed }) => bothNamed).length}`,
        ]
      : []),
  ].join('\n');
}

export function describeRun(
  ran: readonly Ran[],
  { command, seed, seconds }: { readonly command: string; readonly seed: number; readonly seconds: number },
): string {
  const still = rowsOf(ran, (result) => result.still);
  const live = rowsOf(ran, (result) => result.live);
  const left = ran.filter(({ result }) => result.kind === 'asked' && result.leftovers.length > 0).length;
  const withLive = live.some(({ asked }) => asked.length > 0);
  return `# How often diagnose is right

Random hosts were built in namespaces of their own, by hand: bridges, containers, an uplink, a gateway, an internet, a machine
on the LAN; rules as Docker writes them, flat ones, those of nftables itself, old and new. Each got things that look guilty
and are not, and most of them a fault. A connection was tried before the fault and after it: where it did not work before, or
did not break, the case was thrown away. Then \`netpeek diagnose FROM TO\` was asked. It is right where the first cause that
it names is the one that was put in; 'undecided' where it names none and says so; wrong where it names another, raises an alarm
on a healthy host, or says that something works which does not.

\`${command}\` does this again, as root; \`--case N\` repeats one.

- Linux ${release()}, ${new Date().toISOString().slice(0, 10)}, seed ${seed}, ${ran.length} cases, ${seconds} seconds
- something left on the host after a diagnosis: ${left} cases

## From what is read alone (\`--no-live\`)

${share(still)}

${table(still)}
${
  withLive
    ? `
## With the proof on the wire

${share(live)}

${table(live)}
`
    : ''
}`;
}
