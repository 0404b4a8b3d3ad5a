/**
 * Random networks, faults and decoys, built for real and diagnosed: `node bench/diagnose.ts [--cases 200] [--engines 0]
 * [--seed 1] [--live] [--jobs 3] [--write]`, as root. `--engines N` adds N cases on each engine. `--case N` repeats one case of a
 * seed and shows all of it; `--class ID` tries one class alone. `--write` puts the table into docs/diagnosis.md.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { faults } from '../test/helpers/corpus/faults.ts';
import { type CorpusCase, randomCase, type Wanted } from '../test/helpers/corpus/random-case.ts';
import { type CaseResult, runCase, scriptOf } from '../test/helpers/corpus/run-case.ts';
import { runEngineCases } from '../test/helpers/corpus/run-engine.ts';
import { describeRun, type Ran, type Section } from '../test/helpers/corpus/table.ts';
import { checkout } from '../test/helpers/paths.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    engines: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    class: { type: 'string' },
    jobs: { type: 'string', default: '3' },
    live: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const started = performance.now();
const byHand: Ran[] = [];

/** Whatever comes; of one class, each way to inject it in turn. */
function wantedAt(index: number): Wanted {
  if (values.class === undefined) return 'any';
  const fitting = faults.filter(({ id }) => id === values.class);
  return fitting[index % fitting.length] ?? 'healthy';
}

async function worker(queue: number[]): Promise<void> {
  for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
    const one = randomCase(seed, index, wantedAt(index));
    const result = await runCase(one, { live: values.live }).catch(failed);
    byHand.push({ name: nameOf(one), result });
    const named = one.faults.map(({ kind }) => kind.id).join(' + ') || 'healthy';
    tell(`${index} ${named} [${one.net.style} ${one.flow.from} → ${one.flow.to}]`, result);
    if (values.case !== undefined)
      process.stdout.write(`${scriptOf(one)}\n\n${JSON.stringify(result, null, 1)}\n`);
  }
}

function nameOf({ faults: injected }: CorpusCase): string {
  if (injected.length > 1) return '(two at once)';
  return injected[0]?.kind.id ?? '(healthy)';
}

/** A case that could not be built or asked is counted among those thrown away. */
function failed(error: Error): CaseResult {
  return { kind: 'thrown-away', why: error.message };
}

function tell(what: string, result: CaseResult): void {
  const outcome =
    result.kind === 'thrown-away'
      ? `thrown away: ${result.why}`
      : [
          `${result.still.outcome} (${result.still.said})`,
          ...(result.live ? [`live ${result.live.outcome} (${result.live.said})`] : []),
          ...result.leftovers.map((line) => `LEFT BEHIND ${line}`),
        ].join('; ');
  process.stdout.write(`${what}: ${outcome}\n`);
}

const count = Number(values.cases);
const queue =
  values.case === undefined ? Array.from({ length: count }, (_, at) => at) : [Number(values.case)];
await Promise.all(Array.from({ length: Number(values.jobs) }, () => worker(queue)));
const sections: Section[] = [{ title: 'Hosts made by hand', ran: byHand }];
for (const version of ['20.10', '28'] as const) {
  const cases = Number(values.engines);
  if (cases === 0) continue;
  const progress = ({ name, flow, result }: Ran & { flow: { from: string; to: string } }) =>
    tell(`Docker ${version} ${name} [${flow.from} → ${flow.to}]`, result);
  const ran = await runEngineCases({ version, seed, cases, live: values.live, progress });
  sections.push({ title: `Docker ${version}`, ran });
}
const more = `${values.engines === '0' ? '' : ` --engines ${values.engines}`}${values.live ? ' --live' : ''}`;
const page = describeRun(sections, {
  command: `node bench/diagnose.ts --cases ${values.cases}${more} --seed ${seed} --write`,
  seed,
  seconds: Math.round((performance.now() - started) / 1000),
});
process.stdout.write(`\n${page}`);
if (values.write) writeFileSync(`${checkout}/docs/diagnosis.md`, page);
