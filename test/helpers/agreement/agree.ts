/** Random rulesets and random packets, told by the model and by the kernel until enough pairs were held against each other. */
import type { System } from '../../../src/system/system.ts';
import { describeContradiction } from './describe-contradiction.ts';
import { minimise } from './minimise.ts';
import { Random } from './random.ts';
import { type Opening, randomOpening } from './random-packets.ts';
import { randomRules } from './random-rules.ts';
import type { RandomRules } from './rules.ts';
import type { Town, TownFamily } from './town.ts';
import { followTraces, TRACE_TABLE } from './trace-story.ts';
import { tryRules } from './try-rules.ts';

export type Agreement = {
  readonly rulesets: number;
  /** Packets told by both. */
  readonly pairs: number;
  /** How they ended by the model's word: `left`, `dropped`, `unknown`, … */
  readonly ends: Readonly<Record<string, number>>;
  /** Rules that were matched, by both: by world. */
  readonly met: Readonly<Record<string, number>>;
  readonly contradictions: readonly Contradiction[];
};

export type Contradiction = { readonly seed: number; readonly text: string };

export type AgreementRequest = {
  readonly system: System;
  readonly town: Town;
  /** The first ruleset's; the next ones have those that follow. */
  readonly seed: number;
  /** Ends with the ruleset in which this many are reached. */
  readonly pairs: number;
  /** Conversations of one to three packets for each ruleset. */
  readonly conversations: number;
  /** Ends after as many contradictions. */
  readonly most?: number;
  readonly makeRules?: (seed: number) => RandomRules;
  readonly progress?: (agreement: Agreement) => void;
};

export async function seekAgreement(request: AgreementRequest): Promise<Agreement> {
  const { system, town, conversations, makeRules = randomRules } = request;
  const traces = followTraces(town);
  const ends: Record<string, number> = {};
  const met: Record<string, number> = {};
  const contradictions: Contradiction[] = [];
  let pairs = 0;
  let rulesets = 0;
  try {
    for (let seed = request.seed; pairs < request.pairs; seed += 1) {
      const rules = makeRules(seed);
      const openings = openingsFor(rules, seed, conversations);
      const trial = await tryRules({ system, town, traces }, rules, openings);
      rulesets += 1;
      for (const { model } of trial.steps) {
        pairs += 1;
        ends[model.end.kind] = (ends[model.end.kind] ?? 0) + 1;
        for (const { world, table } of model.met)
          if (table !== TRACE_TABLE) met[world] = (met[world] ?? 0) + 1;
      }
      if (trial.found) {
        const { rules: least, found } = await minimise({ system, town, traces }, rules, trial.found);
        contradictions.push({ seed, text: describeContradiction(seed, least, found) });
        if (contradictions.length >= (request.most ?? 1)) break;
      }
      request.progress?.({ rulesets, pairs, ends, met, contradictions });
    }
  } finally {
    await traces.close();
  }
  return { rulesets, pairs, ends, met, contradictions };
}

function openingsFor(rules: RandomRules, seed: number, count: number): readonly Opening[] {
  const random = new Random(seed ^ 0x5eed);
  const families = rules.flatMap(({ family }): readonly TownFamily[] =>
    family === 'inet' ? ['ipv4', 'ipv6'] : [family === 'ip' ? 'ipv4' : 'ipv6'],
  );
  // Each conversation has three tags of its own.
  return random.times(count, (index) => randomOpening(random, random.pick(families), 1 + index * 3));
}
