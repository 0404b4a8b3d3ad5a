/**
 * Rules that may keep a question for a MAC, or its answer, from arriving although the packet itself would pass: those of
 * the arp family, and rules on frames that tell kinds of frames apart. They are named, not evaluated.
 */
import type { Namespace } from '../../model/namespace.ts';
import { firewallOf } from '../netfilter/firewall.ts';
import type { BaseChain } from '../netfilter/program.ts';
import type { Place } from './fault.ts';
import type { Asked } from './neighbour.ts';
import type { World } from './state.ts';

/** Words of rules that see more of a frame than its links. */
const TELLS_FRAMES_APART = /\b(arp|ether|protocol|nfproto|ip|ip6|icmpv6|vlan|l4proto)\b/;

/** Sentences; empty where nothing is in the way of the question. */
export function arpObstacles({ snapshot }: World, { place, packet }: Asked, owner: Place): readonly string[] {
  const ends = new Set([place.namespace.id, owner.namespace.id]);
  // What bridges lie between is not traced for the question: any namespace with a bridge may be.
  const passed = snapshot.namespaces.filter(
    ({ id, links }) => ends.has(id) || links?.some(({ kind }) => kind === 'bridge'),
  );
  return passed.flatMap((namespace) =>
    chainsOf(snapshot, namespace)
      .filter((base) => mayStop(base, packet.family === 'ipv4' && ends.has(namespace.id)))
      .map(
        ({ name, family, table }) =>
          `rules of ${family} ${table} ${name} in ${namespace.name} may stop the question`,
      ),
  );
}

function chainsOf(snapshot: World['snapshot'], namespace: Namespace): readonly BaseChain[] {
  return firewallOf(snapshot, namespace).bases;
}

function mayStop({ family, policy, chains, name }: BaseChain, hasArp: boolean): boolean {
  if (family === 'arp' ? !hasArp : family !== 'bridge' && family !== 'netdev') return false;
  const all = [...chains.values()].flatMap((chain) => chain.rules());
  if (family === 'arp') return policy !== 'accept' || all.length > 0;
  const own = chains.get(name)?.rules() ?? [];
  if (policy !== 'accept' && own.length > 0) return true;
  return all.some(({ ref }) => TELLS_FRAMES_APART.test(ref.text));
}
