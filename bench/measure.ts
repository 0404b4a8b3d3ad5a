/** Shared by the benchmarks: runs contestants in turns, so that a busy moment hits all of them, and prints medians. */
import type { Lab } from '../test/helpers/lab.ts';

export type Contestant = { readonly name: string; readonly argv: readonly string[] };

/** What a benchmark promises: `name` takes at most `atMost` times as long as `versus`. */
export type Claim = { readonly name: string; readonly versus: string; readonly atMost: number };

/** Median milliseconds by name, of `rounds` runs each in the lab, without the time that entering the lab takes. */
export async function measureInTurns(
  lab: Lab,
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const all = [{ name: 'entering the lab', argv: ['true'] }, ...contestants];
  const times = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, argv } of all) {
      const started = performance.now();
      const { exitCode, stderr } = await lab.run(argv, { timeoutMs: 120_000 });
      if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}:\n${stderr}`);
      // The first round only fills the caches.
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  const medians = new Map([...times].map(([name, list]) => [name, median(list)]));
  const entering = medians.get('entering the lab') ?? 0;
  return new Map(contestants.map(({ name }) => [name, (medians.get(name) ?? Number.NaN) - entering]));
}

/** Prints the medians and what was promised of them; returns whether all promises are kept. */
export function report(medians: ReadonlyMap<string, number>, promises: readonly Claim[]): boolean {
  for (const [name, ms] of medians) print(`${name.padEnd(34)} ${ms.toFixed(1).padStart(9)} ms`);
  print('');
  const kept = promises.map(({ name, versus, atMost }) => {
    const ratio = (medians.get(name) ?? Number.NaN) / (medians.get(versus) ?? Number.NaN);
    const verdict = ratio <= atMost ? 'kept' : 'NOT KEPT';
    print(`${name} / ${versus}: ${ratio.toFixed(3)}, promised at most ${atMost}: ${verdict}`);
    return ratio <= atMost;
  });
  return kept.every(Boolean);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
