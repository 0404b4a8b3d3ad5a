/** Link rates, from two successive readings of the kernel's counters and the monotonic time of each. */
import type { LinkStats } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { LinkRate } from '../view/links-table.ts';

export type RatePoint = { readonly rxBytesPerS: number; readonly txBytesPerS: number };

export type RateState = {
  readonly namespaceId: string;
  readonly atMs: number;
  readonly stats: ReadonlyMap<number, LinkStats>;
  readonly rates: ReadonlyMap<number, LinkRate>;
  /** Bounded, oldest first, by ifindex. */
  readonly history: ReadonlyMap<number, readonly RatePoint[]>;
};

/** Readings closer than this (events come in bursts) are skipped: their rates would be noise. */
const SHORTEST_INTERVAL_MS = 250;
/** What the chart shows at most: two minutes of a reading a second. */
const LONGEST_HISTORY = 120;

/** The rates after one more reading; those of another namespace start anew. */
export function advanceRates(before: RateState | undefined, namespace: Namespace, atMs: number): RateState {
  const same = before?.namespaceId === namespace.id ? before : undefined;
  if (same !== undefined && atMs - same.atMs < SHORTEST_INTERVAL_MS) return same;
  const stats = new Map<number, LinkStats>();
  const rates = new Map<number, LinkRate>();
  const history = new Map<number, readonly RatePoint[]>();
  for (const link of namespace.links ?? []) {
    if (link.stats === undefined) continue;
    stats.set(link.ifindex, link.stats);
    const earlier = same?.stats.get(link.ifindex);
    const points = same?.history.get(link.ifindex) ?? [];
    const rate =
      earlier === undefined || same === undefined
        ? undefined
        : rateBetween(earlier, link.stats, atMs - same.atMs);
    if (rate !== undefined) rates.set(link.ifindex, rate);
    history.set(link.ifindex, rate === undefined ? points : [...points, rate].slice(-LONGEST_HISTORY));
  }
  return { namespaceId: namespace.id, atMs, stats, rates, history };
}

/** Undefined where a counter went backwards: the link was made anew under the same ifindex. */
export function rateBetween(earlier: LinkStats, later: LinkStats, elapsedMs: number): LinkRate | undefined {
  const perS = (name: keyof LinkStats) => ((later[name] - earlier[name]) * 1000) / elapsedMs;
  const rate = {
    rxBytesPerS: perS('rxBytes'),
    txBytesPerS: perS('txBytes'),
    rxPacketsPerS: perS('rxPackets'),
    txPacketsPerS: perS('txPackets'),
  };
  return Object.values(rate).some((value) => !(value >= 0)) ? undefined : rate;
}
