/**
 * Many damaged rules, sets and snapshots, read and evaluated: `node scripts/fuzz.ts [--inputs 1000000] [--seed 1]
 * [--limit 2000]`. Ends with 1 where one crashes, loses something, or takes more than `--limit` milliseconds, and says
 * which. The work is done in a thread, so that this one sees where it hangs.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { readCorpus, type Specimen } from '../test/helpers/hostile/corpus.ts';
import { hostileInput, mutate } from '../test/helpers/hostile/mutations.ts';
import { readHostile } from '../test/helpers/hostile/read-hostile.ts';

type Work = {
  readonly inputs: number;
  readonly seed: number;
  readonly limitMs: number;
  /** How many were begun, and when the last of them, in seconds of this process. */
  readonly progress: Int32Array;
  /** The last of them, as JSON behind blanks. */
  readonly current: Uint8Array;
};
type Result = {
  readonly failure?: string;
  readonly slowestMs: number;
  readonly kinds: Record<string, number>;
};

/** A thread that begins no other input for so long hangs. */
const HANG_SECONDS = 60;
/** A few mutations as JSON. */
const CURRENT_BYTES = 1024;

if (isMainThread) await watch();
else parentPort?.postMessage(work(workerData as Work));

async function watch(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      limit: { type: 'string', default: '2000' },
    },
  });
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const workerData: Work = {
    inputs: Number(values.inputs),
    seed: Number(values.seed),
    limitMs: Number(values.limit),
    progress,
    current: new Uint8Array(new SharedArrayBuffer(CURRENT_BYTES)),
  };
  const started = performance.now();
  const worker = new Worker(new URL(import.meta.url), { workerData });
  const timer = setInterval(() => {
    const [begun = 0, at = 0] = progress;
    console.log(`${begun.toLocaleString('en')} inputs, ${seconds()} s`);
    if (seconds() - at < HANG_SECONDS) return;
    const current = Buffer.from(workerData.current).toString().trim();
    console.log(`input ${begun} of seed ${values.seed} has not ended: ${current}`);
    process.exit(1);
  }, 10_000);
  const { failure, slowestMs, kinds } = await new Promise<Result>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  clearInterval(timer);
  const took = Math.round((performance.now() - started) / 1000);
  console.log(`${progress[0]?.toLocaleString('en')} inputs in ${took} s, seed ${values.seed}`);
  console.log(`by kind: ${JSON.stringify(kinds)}; the slowest took ${slowestMs.toFixed(0)} ms`);
  if (failure !== undefined) console.log(failure);
  process.exitCode = failure === undefined ? 0 : 1;
}

function seconds(): number {
  return Math.round(process.uptime());
}

function work({ inputs, seed, limitMs, progress, current }: Work): Result {
  const corpus = readCorpus();
  const kinds: Record<string, number> = {};
  let slowestMs = 0;
  const property = fc.property(hostileInput, (input) => {
    const { specimen, mutations } = input;
    current.set(Buffer.from(JSON.stringify(input).padEnd(CURRENT_BYTES).slice(0, CURRENT_BYTES)));
    progress[0] = (progress[0] ?? 0) + 1;
    progress[1] = seconds();
    const chosen = corpus[specimen % corpus.length] as Specimen;
    kinds[chosen.kind] = (kinds[chosen.kind] ?? 0) + 1;
    const text = mutate(chosen, mutations);
    const before = process.threadCpuUsage();
    readHostile({ kind: chosen.kind, text });
    const { user, system } = process.threadCpuUsage(before);
    const ms = (user + system) / 1000;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > limitMs) throw new Error(`took ${ms.toFixed(0)} ms: ${chosen.kind}`);
  });
  const result = fc.check(property, { numRuns: inputs, seed });
  return {
    ...(result.failed
      ? { failure: `${fc.defaultReportMessage(result)}\n${stackOf(result.errorInstance)}` }
      : {}),
    slowestMs,
    kinds,
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
