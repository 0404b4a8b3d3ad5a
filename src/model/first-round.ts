/** The answer of `netpeek diagnose` without a target: every way out and every published port. Its JSON is public. */
import type { Cause, Flow, Verdict } from './diagnosis.ts';

/** `out`: from a namespace to the internet. `published`: to a container's port on the host, from outside or from the host. */
export type WayKind = 'out' | 'published';

/**
 * What was found on a way. `fine`: no fault as far as this host decides. `fault`: a cause that somebody should mend.
 * `by-design`: only causes that somebody wanted. `undecided`: something on the way could not be judged.
 */
export type WayResult = 'fine' | 'fault' | 'by-design' | 'undecided';

export type CheckedWay = {
  /** From 1. */
  readonly n: number;
  readonly kind: WayKind;
  /** In words: `web → internet`, `web's port 8080/tcp, from outside`. */
  readonly about: string;
  /** `from` and `to` are what `netpeek diagnose FROM TO` takes, to look at this way alone. */
  readonly flow: Flow;
  readonly verdict: Verdict;
  readonly result: WayResult;
  /** What could not be judged. */
  readonly undecided?: string;
};

/** A cause, with the numbers of all ways that it hits. */
export type Finding = Cause & { readonly hits: readonly number[] };

/** Something that belongs to the round and could not be asked at all. */
export type LeftOut = { readonly what: string; readonly reason: string };

export type FirstRound = {
  readonly checked: readonly CheckedWay[];
  /** By weight: faults before what is by design, then by how many ways they hit, proven before likely. */
  readonly causes: readonly Finding[];
  readonly leftOut: readonly LeftOut[];
};
