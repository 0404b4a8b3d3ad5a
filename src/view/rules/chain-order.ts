/**
 * Chains in the order in which packets meet them, family by family: at each hook by place, then those that rules jump to.
 * A chain of `inet` is asked for IPv4 and for IPv6; its rules stand with IPv4's, and IPv6 has its place among its own.
 */
import { HOOK_ORDER } from '../../model/hook-order.ts';
import type { NftFamily } from '../../model/nftables.ts';
import type { ShownChain } from './chains.ts';

/** Who meets the chains: frames of a link, frames of a bridge, IPv4 packets, IPv6 packets, ARP. */
export type Realm = 'netdev' | 'bridge' | 'IPv4' | 'IPv6' | 'ARP';

export type PlacedChain = {
  readonly realm: Realm;
  readonly chain: ShownChain;
  /** Shown in full in another realm: this one has its place alone. */
  readonly elsewhere?: Realm;
};

const REALMS: readonly { readonly realm: Realm; readonly families: readonly NftFamily[] }[] = [
  { realm: 'netdev', families: ['netdev'] },
  { realm: 'bridge', families: ['bridge'] },
  { realm: 'IPv4', families: ['ip', 'inet'] },
  { realm: 'IPv6', families: ['ip6', 'inet'] },
  { realm: 'ARP', families: ['arp'] },
];

export function orderChains(chains: readonly ShownChain[]): readonly PlacedChain[] {
  return REALMS.flatMap(({ realm, families }) => {
    const own = chains.filter(({ family }) => families.includes(family));
    const place = (chain: ShownChain): PlacedChain =>
      realm === 'IPv6' && chain.family === 'inet' ? { realm, chain, elsewhere: 'IPv4' } : { realm, chain };
    const hooked = HOOK_ORDER.flatMap((hook) =>
      own
        .filter(({ base }) => base?.hook === hook)
        .toSorted((a, b) => placeOf(a) - placeOf(b) || priorityOf(a) - priorityOf(b)),
    );
    const called = own.filter(({ base, family }) => !base && !(realm === 'IPv6' && family === 'inet'));
    return [...hooked, ...called].map(place);
  });
}

function placeOf({ base }: ShownChain): number {
  return base?.place ?? 0;
}

function priorityOf({ base }: ShownChain): number {
  return base?.priority ?? 0;
}
