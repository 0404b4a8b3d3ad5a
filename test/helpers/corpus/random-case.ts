/** One case of the corpus, made from a seed and an index: a network, a flow through it, what looks guilty, and what is. */
import { Random } from '../agreement/random.ts';
import { decoys } from './decoys.ts';
import type { FaultClass } from './fault.ts';
import { faults } from './faults.ts';
import { type CaseFlow, randomFlow } from './flows.ts';
import { type Network, randomNetwork } from './network.ts';

export type CorpusCase = {
  readonly seed: number;
  readonly index: number;
  readonly net: Network;
  /** The healthy flow, and what is asked for once the faults are in. */
  readonly healthy: CaseFlow;
  readonly flow: CaseFlow;
  readonly decoys: readonly { readonly what: string; readonly script: string }[];
  /** None, one, or two in the order in which they are met. */
  readonly faults: readonly { readonly kind: FaultClass; readonly script: string }[];
};

/** Attempts to find a network and a flow that a class fits. */
const MOST_TRIES = 60;
const MOST_DECOYS = 4;
/** Seeds of the cases of one run follow each other without meeting those of the next run. */
const STRIDE = 1_000_003;

export type Wanted = 'healthy' | 'any' | FaultClass;

/** The same case for the same numbers. `wanted`: a class of its own, no fault at all, or whatever comes. */
export function randomCase(seed: number, index: number, wanted: Wanted = 'any'): CorpusCase {
  const random = new Random(seed * STRIDE + index);
  const none = wanted === 'healthy' || (wanted === 'any' && random.chance(15));
  const drawn = wanted === 'any' ? random.pick(faults) : wanted;
  const chosen = none || drawn === 'healthy' ? undefined : drawn;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const net = randomNetwork(random);
    const healthy = randomFlow(random, net, chosen?.kinds);
    if (!healthy) continue;
    const script = chosen?.make(random, net, healthy);
    if (chosen && script === undefined) continue;
    const first = chosen && script !== undefined ? [{ kind: chosen, script }] : [];
    const second =
      wanted === 'any' && chosen && random.chance(12) ? another(random, net, healthy, chosen) : [];
    return {
      seed,
      index,
      net,
      healthy,
      flow: chosen?.ask?.(healthy, net) ?? healthy,
      decoys: randomDecoys(random, net, healthy),
      faults: [...first, ...second].toSorted((one, other) => (one.kind.at ?? 0) - (other.kind.at ?? 0)),
    };
  }
  throw new Error(`no network was found that ${chosen?.id} (${chosen?.what}) fits`);
}

/** A second fault elsewhere on the way. */
function another(random: Random, net: Network, flow: CaseFlow, { at, ask }: FaultClass) {
  if (at === undefined || ask) return [];
  const others = faults.filter(
    (one) =>
      one.at !== undefined && one.at !== at && !one.ask && !one.partial && one.kinds.includes(flow.kind),
  );
  if (others.length === 0) return [];
  const kind = random.pick(others);
  const script = kind.make(random, net, flow);
  return script === undefined ? [] : [{ kind, script }];
}

function randomDecoys(random: Random, net: Network, flow: CaseFlow): CorpusCase['decoys'] {
  const count = random.below(MOST_DECOYS + 1);
  if (count === 0) return [];
  return random.some(decoys, count).flatMap(({ what, make }) => {
    const script = make(random, net, flow);
    return script === undefined ? [] : [{ what, script }];
  });
}
