/**
 * Rules that may keep a question for a MAC, or its answer, from arriving although the packet itself would pass: those of
 * the arp family, and rules on frames that tell kinds of frames apart. They are named, not evaluated.
 */
import type { Family } from '../../model/address.ts';
import type { Namespace } from '../../model/namespace.ts';
import { firewallOf } from '../netfilter/firewall.ts';
import type { BaseChain } from '../netfilter/program.ts';
import type { Place } from './fault.ts';
import type { Asked } from './neighbour.ts';
import type { World } from './state.ts';

/** Words of rules that may stop a question and let the packet itself pass. */
const TELLS_APART = {
  ipv4: /\b(arp|ether|protocol|vlan|pkttype)\b/,
  ipv6: /\b(ip6|icmpv6|nexthdr|l4proto|ether|protocol|vlan|pkttype)\b/,
} as const;

/** Sentences; empty where nothing is in the way of the question. */
export function arpObstacles({ snapshot }: World, { place, packet }: Asked, owner: Place): readonly string[] {
  const ends = new Set([place.namespace.id, owner.namespace.id]);
  // What bridges lie between is not traced for the question: any namespace with a bridge may be.
  const passed = snapshot.namespaces.filter(
    ({ id, links }) => ends.has(id) || links?.some(({ kind }) => kind === 'bridge'),
  );
  const isAtEnd = ({ id }: Namespace) => ends.has(id);
  return passed.flatMap((namespace) =>
    firewallOf(snapshot, namespace)
      .bases.filter((base) => mayStop(base, packet.family, isAtEnd(namespace)))
      .map(
        ({ name, family, table }) =>
          `chain ${name} of table ${family} ${table} in ${namespace.name} may stop the question for its MAC`,
      ),
  );
}

function mayStop({ family, policy, chains, name }: BaseChain, ipFamily: Family, atEnd: boolean): boolean {
  if (family === 'arp' ? !atEnd || ipFamily !== 'ipv4' : family !== 'bridge' && family !== 'netdev')
    return false;
  const all = [...chains.values()].flatMap((chain) => chain.rules());
  if (family === 'arp') return policy !== 'accept' || all.length > 0;
  const own = chains.get(name)?.rules() ?? [];
  if (policy !== 'accept' && own.length > 0) return true;
  return all.some(({ ref }) => TELLS_APART[ipFamily].test(ref.text));
}
