/** The page that a run of the corpus gives: each class, and how often the answer was right. */
import { release } from 'node:os';
import type { Asked, CaseResult } from './run-case.ts';

/** What a case was about, and what came of it. */
export type Ran = { readonly name: string; readonly result: CaseResult };

type Row = { readonly name: string; readonly asked: readonly Asked[]; readonly thrown: number };

/** What was asked of one kind, and how many cases said nothing. */
function rowsOf(
  ran: readonly Ran[],
  pick: (result: Extract<CaseResult, { kind: 'asked' }>) => Asked | undefined,
): readonly Row[] {
  const names = [...new Set(ran.map(({ name }) => name))].toSorted();
  return names.map((name) => {
    const own = ran.filter((one) => one.name === name);
    const asked = own.flatMap(({ result }) => (result.kind === 'asked' ? (pick(result) ?? []) : []));
    return { name, asked, thrown: own.filter(({ result }) => result.kind === 'thrown-away').length };
  });
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

/** One kind of hosts. */
export type Section = { readonly title: string; readonly ran: readonly Ran[] };

function describeSection({ title, ran }: Section): string {
  const parts = [
    ['from what is read alone (`--no-live`)', rowsOf(ran, ({ still }) => still)],
    ['with the proof on the wire', rowsOf(ran, ({ live }) => live)],
  ] as const;
  return parts
    .filter(([, rows]) => rows.some(({ asked }) => asked.length > 0))
    .map(([how, rows]) => `## ${title}, ${how}\n\n${share(rows)}\n\n${table(rows)}\n`)
    .join('\n');
}

export function describeRun(
  sections: readonly Section[],
  { command, seed, seconds }: { readonly command: string; readonly seed: number; readonly seconds: number },
): string {
  const ran = sections.flatMap((section) => section.ran);
  const left = ran.filter(({ result }) => result.kind === 'asked' && result.leftovers.length > 0).length;
  return `# How often diagnose is right

Random hosts were built in namespaces of their own: by hand (bridges, containers, an uplink, a gateway, an internet, a machine
on the LAN; rules as Docker writes them, flat ones, those of nftables itself, old and new), and with real Docker engines. Most
got things that look guilty and are not, and a fault. A connection was tried before the fault and after it: where it did not
work before, or did not break, the case was thrown away. Then \`netpeek diagnose FROM TO\` was asked. It is right where the
first cause that it names is the one that was put in; undecided where it names none and says so; wrong where it names another,
raises an alarm on a healthy host, or says that something works which does not. The gateway and the internet of these hosts
are namespaces that netpeek sees, which those of a real host are not: what is broken there it would leave undecided.

\`${command}\` does this again, as root; \`--case N\` repeats one of those made by hand.

- Linux ${release()}, ${new Date().toISOString().slice(0, 10)}, seed ${seed}, ${ran.length} cases, ${seconds} seconds
- something left on the host after a diagnosis (rules, links, policy rules, mounts, tracing, files, processes): ${left} cases

${sections
  .filter((section) => section.ran.length > 0)
  .map(describeSection)
  .join('\n')}`;
}
