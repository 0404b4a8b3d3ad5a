/**
 * All rules of a namespace as the kernel would meet them: the base chains of iptables in both flavours and of nftables
 * together, each hook in order of priority (linux/netfilter_ipv4.h, NF_IP_PRI_*).
 */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { demandsTracking } from './demands-tracking.ts';
import { iptablesBases } from './iptables-bases.ts';
import { nftBases } from './nft-bases.ts';
import type { BaseChain, HookName } from './program.ts';

/** The protocol whose hooks are meant: a routed packet meets `ip` or `ip6`, a frame `bridge` or `netdev`. */
export type HookFamily = 'ip' | 'ip6' | 'bridge' | 'netdev';

export type Firewall = {
  readonly bases: readonly BaseChain[];
  readonly unread: readonly Unread[];
  /** Whether some rule surely makes the kernel track connections of this family. Absent: it does. */
  readonly tracks?: (family: 'ip' | 'ip6') => boolean;
};

/** A sentence about rules that exist or may exist and could not be read; they may drop or translate anything. */
export type Unread = {
  /** Absent: of every family. */
  readonly family?: 'ip' | 'ip6' | undefined;
  readonly text: string;
};

const known = new WeakMap<Namespace, Firewall>();

/** The rules of one namespace; gathered once for each that was read. */
export function firewallOf(snapshot: Snapshot, namespace: Namespace): Firewall {
  const before = known.get(namespace);
  if (before) return before;
  const iptables = iptablesBases(namespace);
  const nft = nftBases(snapshot, namespace);
  const firewall: Firewall = {
    bases: [...iptables.bases, ...nft.bases],
    unread: [...iptables.unread, ...nft.unread],
    tracks: remembered((family) => demandsTracking(namespace, family)),
  };
  known.set(namespace, firewall);
  return firewall;
}

/** Looks once for each family, and only when it is asked: there may be many rules. */
function remembered(look: (family: 'ip' | 'ip6') => boolean): (family: 'ip' | 'ip6') => boolean {
  const found = new Map<'ip' | 'ip6', boolean>();
  return (family) => {
    const answer = found.get(family) ?? look(family);
    found.set(family, answer);
    return answer;
  };
}

/** The base chains that a packet meets at a hook, in no order yet. An `inet` chain sees IPv4 and IPv6. */
export function chainsAt(
  { bases }: Firewall,
  family: HookFamily,
  hook: HookName,
  device?: string,
): readonly BaseChain[] {
  return bases.filter((base) => base.hook === hook && isAsked(base, family, device));
}

/** What may stand at the hooks of this family and was not read. */
export function unreadOf({ unread }: Firewall, family: HookFamily): readonly string[] {
  return unread.filter((one) => one.family === undefined || one.family === family).map(({ text }) => text);
}

function isAsked(base: BaseChain, family: HookFamily, device: string | undefined): boolean {
  if (base.devices !== undefined && (device === undefined || !base.devices.includes(device))) return false;
  if (base.family === family) return true;
  return base.family === 'inet' && (family === 'ip' || family === 'ip6' || base.devices !== undefined);
}
