/**
 * Where a frame ends up, as the walk says and as the kernel does it: each wiring is built, read with the ordinary probes,
 * and then one echo request is really sent.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { base, cases } from '../helpers/link-layer-cases.ts';
import { claim, forwards, sendOne } from '../helpers/link-layer-echo.ts';
import { randomMixture } from '../helpers/link-layer-mixture.ts';

describe('a frame', () => {
  let lab: Lab | undefined;
  afterEach(() => lab?.dispose());

  test.each(cases)('$what', async ({ setup, from = 'a', by = 'eth0', to, ends, faults = [] }) => {
    lab = await createLab();
    const here = lab;
    await here.ok(base);
    await forwards(here);
    if (setup !== undefined) {
      await here.ok(setup);
      // What a setup has just plugged in waits for its carrier, as the first ports did.
      if (setup.includes(' master br1')) await forwards(here, setup.includes('dev j1') ? ['j1'] : []);
    }
    const before = await claim(here, from, by, to);
    const truth = await sendOne(here, from, to);
    expect({ truth, before: before.ends }, before.told).toEqual({ truth: ends, before: ends });
    expect([...new Set(before.faults)], before.told).toEqual(faults);
    // With what the kernel has learned meanwhile.
    const after = await claim(here, from, by, to);
    expect(after.ends, after.told).toBe(ends);
  });
});

/** Mixtures in each run; the seed is printed with what failed, and NETPEEK_SEED tries others. */
const MIXTURES = Number(process.env.NETPEEK_MIXTURES ?? 20);
const SEED = Number(process.env.NETPEEK_SEED ?? 1);

describe('a mixture of settings', () => {
  let lab: Lab | undefined;
  afterEach(() => lab?.dispose());

  const seeds = Array.from({ length: MIXTURES }, (_, index) => SEED + index);
  test.each(seeds)('of seed %i has no definite end that the kernel contradicts', async (seed) => {
    lab = await createLab();
    const { setup, from, to } = randomMixture(seed);
    await lab.ok(base);
    await forwards(lab);
    await lab.ok(setup);
    const claimed = await claim(lab, from, from === 'host' ? 'br0' : 'eth0', to);
    const truth = await sendOne(lab, from, to);
    const told = `NETPEEK_SEED=${seed}\n${setup}\n${from} to ${to}\n${claimed.told}`;
    expect(claimed.ends === 'unknown' ? truth : claimed.ends, told).toBe(truth);
  });
});
