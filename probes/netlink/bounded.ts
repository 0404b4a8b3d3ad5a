/** Tables that may be huge or never hold still: what was seen is kept, up to a bound, and a gap says that it is not all. */
import type { NamespaceFacts } from '../../src/model/facts.ts';
import type { Gap } from '../../src/model/gap.ts';
import { ROUTES_KEPT } from '../../src/model/route.ts';
import type { Reading } from '../probe.ts';
import type { Payload, Request } from './message.ts';
import { DUMP_ATTEMPTS, type Rtnetlink } from './socket.ts';

/**
 * Entries kept of one table of one namespace. Nobody reads more of them, each costs up to a kilobyte in memory and in
 * a snapshot file, and a router with a full routing table has a million. Of links there are fewer, with more to each.
 */
const KEPT = {
  links: 5_000,
  addresses: 10_000,
  routes: ROUTES_KEPT,
  neighbours: 10_000,
  fdb: 10_000,
} as const;

export type Bounded<T> = { readonly entries: readonly T[]; readonly gaps: readonly Gap[] };

/** The first entries of a dump, those that `parse` makes something of. Throws what the conversation throws. */
export function readBounded<T>(
  rtnetlink: Pick<Rtnetlink, 'dumpFirst'>,
  table: keyof typeof KEPT,
  request: Omit<Request, 'dump'>,
  parse: (payload: Payload) => T | undefined,
): Bounded<T> {
  const { payloads, total, interrupted } = rtnetlink.dumpFirst(request, KEPT[table]);
  const words = WORDS[table] ?? table;
  const said = (count: number) => count.toLocaleString('en-US');
  const reasons = [
    ...(payloads.length < total
      ? [`showing the first ${said(payloads.length)} of ${said(total)} ${words}`]
      : []),
    // The kernel goes on from where it stopped in a table that is no longer the same.
    ...(interrupted
      ? [`showing what was seen of the ${words}, which changed during each of ${DUMP_ATTEMPTS} readings`]
      : []),
  ];
  return {
    entries: payloads.flatMap((payload) => parse(payload) ?? []),
    gaps: reasons.map((reason) => ({ probe: table, reason })),
  };
}

const WORDS: Partial<Record<keyof typeof KEPT, string>> = { fdb: 'FDB entries' };

/** The same as a probe gives it. */
export function readingOf<T>(
  { entries, gaps }: Bounded<T>,
  named: (entries: readonly T[]) => NamespaceFacts,
): Reading {
  return { facts: named(entries), gaps };
}
