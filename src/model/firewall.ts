/** iptables rules as data, one ruleset for each flavour and family of one namespace. */

import type { Family } from './address.ts';

/** What a rule or a chain's policy has counted so far. */
export type Counters = { readonly packets: number; readonly bytes: number };

/** One condition of a rule; `values` are the words as iptables-save prints them. */
export type Match = {
  /** The option's long name without dashes: `source`, `in-interface`, `ctstate`, … or as printed when unknown. */
  readonly option: string;
  readonly values: readonly string[];
  readonly negated: boolean;
  /** The `-m` module it belongs to; absent for the built-in conditions. */
  readonly module?: string;
};

export type Rule = {
  /** Position in its chain, from 1, as `iptables -L --line-numbers` counts. */
  readonly number: number;
  readonly matches: readonly Match[];
  /** ACCEPT, MASQUERADE, a user chain, …; absent for a rule that only counts. */
  readonly target?: string;
  /** `goto` for `-g`. */
  readonly jump: 'jump' | 'goto';
  readonly targetOptions: readonly Match[];
  readonly counters: Counters;
  /** The rule as iptables-save prints it, without its counters. */
  readonly text: string;
};

export type Chain = {
  readonly name: string;
  /** Built-in chains have a policy, user chains none. */
  readonly policy?: string;
  readonly counters: Counters;
  readonly rules: readonly Rule[];
};

export type Table = { readonly name: string; readonly chains: readonly Chain[] };

export type Ruleset = {
  readonly family: Family;
  readonly flavour: 'nft' | 'legacy';
  readonly tables: readonly Table[];
  /** Lines that were not understood, kept as they are. */
  readonly unparsed: readonly string[];
};
