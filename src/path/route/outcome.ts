/** What a lookup in the tables can end with, before an answer is made of it. */
import type { PolicyRule } from '../../model/policy-rule.ts';
import type { NextHop, Route } from '../../model/route.ts';

export type FibOutcome =
  | {
      readonly kind: 'route';
      readonly route: Route;
      /** Those that may be used; where there are several, a hash of the flow decides. */
      readonly hops: readonly NextHop[];
      /** The same as `route` in all that decides; which of them is used depends on their neighbours. */
      readonly rivals?: readonly Route[];
      readonly rule?: PolicyRule;
    }
  | {
      readonly kind: 'refused';
      readonly how: 'blackhole' | 'unreachable' | 'prohibit';
      readonly route?: Route;
      readonly rule?: PolicyRule;
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Everything that is possible, and, where that is more than one thing, what is not known. */
export type Outcomes = { readonly all: readonly FibOutcome[]; readonly why?: string };

/** Types of routes that refuse a packet. */
export const REFUSING = {
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
} as const satisfies Record<string, 'blackhole' | 'unreachable' | 'prohibit'>;

export function refusing(word: string): keyof typeof REFUSING | undefined {
  return Object.hasOwn(REFUSING, word) ? (word as keyof typeof REFUSING) : undefined;
}
