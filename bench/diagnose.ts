/**
 * Random networks, faults and decoys, built for real and diagnosed: `node bench/diagnose.ts [--cases 200] [--seed 1]
 * [--live] [--jobs 3] [--write]`, as root. `--case N` repeats one case of a seed and shows all of it; `--class ID` tries one class
 * alone. `--write` puts the table into docs/diagnosis.md.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { faults } from '../test/helpers/corpus/faults.ts';
import { randomCase, type Wanted } from '../test/helpers/corpus/random-case.ts';
import { type CaseResult, runCase, scriptOf } from '../test/helpers/corpus/run-case.ts';
import { describeRun, type Ran } from '../test/helpers/corpus/table.ts';
import { checkout } from '../test/helpers/paths.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
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
const ran: Ran[] = [];
const indexes =
  values.case === undefined
    ? Array.from({ length: Number(values.cases) }, (_, at) => at)
    : [Number(values.case)];

/** Each case has the class that its index gives it, so that every class comes up equally often. */
function wantedAt(index: number): Wanted {
  if (values.class === undefined) return 'any';
  const fitting = faults.filter(({ id }) => id === values.class);
  return fitting[index % fitting.length] ?? 'healthy';
}

async function worker(queue: number[]): Promise<void> {
  for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
    const one = randomCase(seed, index, wantedAt(index));
    const result = await runCase(one, { live: values.live }).catch(failed);
    ran.push({ one, result });
    tell(index, one.faults.map(({ kind }) => kind.id).join(' + ') || 'healthy', result);
    if (values.case !== undefined) {
      process.stdout.write(`${scriptOf(one)}\n\n${JSON.stringify(result, null, 1)}\n`);
    }
  }
}

/** A case that could not be built or asked says so in the count of those thrown away. */
function failed(error: Error): CaseResult {
  return { kind: 'thrown-away', why: error.message };
}

function tell(index: number, what: string, result: CaseResult): void {
  const outcome =
    result.kind === 'thrown-away'
      ? `thrown away: ${result.why}`
      : [
          `${result.still.outcome} (${result.still.said})`,
          ...(result.live ? [`live ${result.live.outcome} (${result.live.said})`] : []),
          ...result.leftovers.map((line) => `LEFT BEHIND ${line}`),
        ].join('; ');
  const flow = ran.find(({ one }) => one.index === index)?.one;
  process.stdout.write(
    `${index} ${what} [${flow?.net.style} ${flow?.flow.from} → ${flow?.flow.to}]: ${outcome}\n`,
  );
}

const queue = [...indexes];
await Promise.all(Array.from({ length: Number(values.jobs) }, () => worker(queue)));
const page = describeRun(ran, {
  command: `node bench/diagnose.ts --cases ${values.cases} --seed ${seed}${values.live ? ' --live' : ''} --write`,
  seed,
  seconds: Math.round((performance.now() - started) / 1000),
});
process.stdout.write(`\n${page}`);
if (values.write) writeFileSync(`${checkout}/docs/diagnosis.md`, page);
