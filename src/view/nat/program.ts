/** Rules of translating chains as branches: what must hold, and what then becomes of the packet. */
import type { ShownChain, ShownRule } from '../rules/chains.ts';
import type { Condition } from './condition.ts';

/** What a rule translates to; addresses and ports as the tool writes them. */
export type Action = {
  /** `unclear`: it translates, and to what is more than a sentence says. */
  readonly how: 'masquerade' | 'snat' | 'dnat' | 'redirect' | 'netmap' | 'unclear';
  readonly address?: string;
  readonly port?: string;
};

export type Ending =
  | { readonly kind: 'translate'; readonly action: Action }
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

export type Branch = { readonly conditions: readonly Condition[]; readonly ending: Ending };

/** A rule that only counts or marks has no branch. */
export type NatRule = { readonly rule: ShownRule; readonly branches: readonly Branch[] };

export type NatChain = { readonly chain: ShownChain; readonly rules: readonly NatRule[] };

/** The chains of one table that has translating base chains, by name. */
export type NatTable = ReadonlyMap<string, NatChain>;
