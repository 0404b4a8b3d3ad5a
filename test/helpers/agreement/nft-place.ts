/** Where a random rule of nftables stands, which decides what may be in it. */
import type { Random } from './random.ts';
import type { TownFamily } from './town.ts';

export type Place = {
  readonly random: Random;
  readonly tableFamily: 'ip' | 'ip6' | 'inet';
  /** Whose addresses a rule names. */
  readonly family: TownFamily;
  readonly hook: string | undefined;
  readonly type: 'filter' | 'nat' | 'route' | undefined;
  readonly callable: readonly string[];
  readonly uncertain: boolean;
};

/** A rule speaks of one transport protocol: nft refuses what can never match. */
export type RulePlace = Place & { readonly protocol: 'tcp' | 'udp' | 'icmp' | 'any' };

export type Words = { readonly text: string; readonly uncertain?: boolean };

/** How the rule says whose ports it means. */
export function portsWord({ protocol }: RulePlace): 'tcp' | 'udp' | 'th' {
  return protocol === 'tcp' || protocol === 'udp' ? protocol : 'th';
}

export function distinct(random: Random, make: () => string): readonly string[] {
  return [...new Set(random.times(3, make))];
}
