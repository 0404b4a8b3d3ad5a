/** Small pieces of what a step on the link layer yields: one hop, one fault, and several of them after each other. */
import type { Hop } from '../../model/diagnosis.ts';
import type { Place } from './fault.ts';
import type { DraftHop, StepResult } from './state.ts';

/** What is said and what is wrong so far. */
export type Said = Pick<StepResult, 'hops' | 'faults'>;

export const NOTHING: Said = { hops: [], faults: [] };

export function hopAt(
  { namespace, link }: Place,
  stage: Hop['stage'],
  verdict: Hop['verdict'],
  detail: string,
): DraftHop {
  return { namespace, link: link.name, stage, verdict, detail };
}

/** One hop alone. */
export function say(place: Place, stage: Hop['stage'], verdict: Hop['verdict'], detail: string): Said {
  return { hops: [hopAt(place, stage, verdict, detail)], faults: [] };
}

/** What the parts say, in their order. */
export function joinSaid(...parts: readonly Said[]): Said {
  return { hops: parts.flatMap(({ hops }) => hops), faults: parts.flatMap(({ faults }) => faults) };
}

/** Such as `web/eth0`. */
export function nameOf({ namespace, link }: Place): string {
  return `${namespace.name}/${link.name}`;
}
