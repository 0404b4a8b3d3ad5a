/**
 * Where the kernel asks a chain: the hooks in the order in which packets meet them, and the place of a chain in its hook
 * (linux/netfilter.h, linux/netfilter_ipv4.h; linux/netfilter_ipv6.h has the same numbers).
 */
import type { NftBase, NftHook } from './nftables.ts';

/** The three tools whose rules the kernel holds side by side; iptables-nft's are rules of nf_tables, printed by iptables. */
export type RuleWorld = 'iptables-nft' | 'iptables-legacy' | 'nft';

export const HOOK_ORDER: readonly NftHook[] = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
];

const BUILT_IN: Readonly<Record<string, NftHook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** enum nf_ip_hook_priorities, of the tables that stand at one place in all their hooks. */
const TABLE_PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};

/** Where translating chains stand, whatever their own priority (nf_nat_ipv4_ops in net/netfilter/nf_nat_proto.c). */
const NAT_PLACES: Readonly<Partial<Record<NftHook, number>>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
};

/** The hook of a built-in chain of iptables; undefined for a chain of the user's. */
export function builtInHook(chain: string): NftHook | undefined {
  return BUILT_IN[chain];
}

/** The priority of an iptables table at this hook; undefined where it has no chain there, or is none of iptables'. */
export function builtInPriority(table: string, hook: NftHook): number | undefined {
  return table === 'nat' ? NAT_PLACES[hook] : TABLE_PRIORITIES[table];
}

/** Where in its hook a chain is asked, the lowest first; of two at one place, the one of lower priority. */
export function placeInHook({ type, hook, priority }: Pick<NftBase, 'type' | 'hook' | 'priority'>): number {
  return type === 'nat' ? (NAT_PLACES[hook] ?? priority) : priority;
}
