/**
 * The corpus with one seed: every cause that can be put into a host made by hand, once, on a random network among things
 * that look guilty, and healthy networks that look so. bench/diagnose.ts does the same with as many cases as one likes.
 */
import { describe, expect, test } from 'vitest';
import { faults } from '../helpers/corpus/faults.ts';
import { randomCase, type Wanted } from '../helpers/corpus/random-case.ts';
import { type CaseResult, runCase, scriptOf } from '../helpers/corpus/run-case.ts';

const SEED = 5;
const HEALTHY = 8;
/** A fault may break nothing where a random network happens to have another way; the next network then counts. */
const MOST_TRIES = 4;

const causes = [...new Set(faults.map(({ id }) => id))];

async function held(wanted: Wanted, start: number): Promise<void> {
  let result: CaseResult | undefined;
  for (let index = start; index < start + MOST_TRIES; index += 1) {
    const one = randomCase(SEED, index, wanted);
    result = await runCase(one, { live: false });
    if (result.kind === 'thrown-away') continue;
    const { still, leftovers } = result;
    const told = `seed ${SEED}, case ${index}\n${scriptOf(one)}\n${JSON.stringify(still.diagnosis, null, 1)}`;
    expect({ outcome: still.outcome, said: still.said, leftovers }, told).toEqual({
      outcome: 'right',
      said: still.said,
      leftovers: [],
    });
    return;
  }
  throw new Error(`no network could be broken so: ${result?.kind === 'thrown-away' ? result.why : ''}`);
}

describe.concurrent('random networks', () => {
  test.each(causes)('%s is named', async (id) => {
    const [first = 'any'] = faults.filter((one) => one.id === id);
    await held(first, 100 * causes.indexOf(id));
  });

  test.each(Array.from({ length: HEALTHY }, (_, at) => at))(
    'healthy network %i raises no alarm',
    async (at) => {
      await held('healthy', 10_000 + 100 * at);
    },
  );
});
