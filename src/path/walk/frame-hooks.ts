/** The rules that frames meet: netdev chains of one link, bridge chains of a bridge, and IP rules for what a bridge passes (br_netfilter). */

import type { Link } from '../../model/link.ts';
import type { BridgeDetails } from '../../model/link-details.ts';
import type { Namespace } from '../../model/namespace.ts';
import { evaluateHook } from '../netfilter/evaluate-hook.ts';
import { chainsAt, firewallOf } from '../netfilter/firewall.ts';
import { nftBases } from '../netfilter/nft-bases.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { HookName } from '../netfilter/program.ts';
import { surroundingsOf } from '../netfilter/surroundings-of.ts';
import type { Ternary } from '../ternary.ts';
import { enter } from './enter.ts';
import type { Fault } from './fault.ts';
import { filterHop } from './hops.ts';
import { NOTHING, type Said, say } from './say.ts';
import type { World } from './state.ts';

export type FramePassage = {
  readonly namespace: Namespace;
  readonly family: 'bridge' | 'netdev';
  readonly hook: HookName;
  readonly packet: Packet;
  readonly inLink?: Link;
  readonly outLink?: Link;
};

/** What the chains of one hook say to a frame, and the packet as they leave it. */
export function passFrameHook(world: World, passage: FramePassage): Said & { readonly packet: Packet } {
  const { namespace, family, hook, packet, inLink, outLink } = passage;
  const link = outLink ?? inLink;
  if (!namespace.nftables) {
    world.wanted.add(namespace.id);
    if (!link) return { ...NOTHING, packet };
    const detail = `the rules of nftables in ${namespace.name} were not read`;
    return { ...say({ namespace, link }, 'netfilter', 'unknown', detail), packet };
  }
  const firewall = firewallOf(world.snapshot, namespace);
  const device = family === 'netdev' ? link?.name : undefined;
  if (chainsAt(firewall, family, hook, device).length === 0) return { ...NOTHING, packet };
  const result = evaluateHook({
    // Rules of iptables see no frames.
    firewall: { bases: firewall.bases, unread: nftBases(world.snapshot, namespace).unread },
    family,
    hook,
    packet: {
      ...(family === 'netdev' ? packet : enter(world, namespace, packet).packet),
      ...(inLink ? { inLink: inLink.name } : {}),
      ...(outLink ? { outLink: outLink.name } : {}),
    },
    around: surroundingsOf(namespace),
    ...(device === undefined ? {} : { device }),
  });
  world.met?.add(namespace, result);
  const hop = filterHop(namespace, hook, result);
  const detail = `${family === 'bridge' ? 'bridge' : link?.name} ${hop.detail}`;
  const { inLink: _in, outLink: _out, ...passed } = result.packet;
  const isDropped = result.verdict === 'drop' || result.verdict === 'reject';
  const faults: readonly Fault[] =
    isDropped && result.decision
      ? [
          {
            kind: 'filtered',
            namespace,
            family,
            hook,
            decision: result.decision,
            packet,
            direction: world.direction,
            ...(inLink ? { inLink } : {}),
            ...(outLink ? { outLink } : {}),
          },
        ]
      : [];
  const hops = [{ ...hop, detail, ...(link ? { link: link.name } : {}) }];
  return { hops, faults, packet: { ...passed, connection: packet.connection } };
}

/** Whether the bridge shows the frames that it passes to the rules of IP (bridge-nf-call-iptables, or its own switch). */
export function callsIpRules(
  world: World,
  { id, sysctls }: Namespace,
  bridge: Link,
  { family }: Packet,
): Ternary {
  const details: Partial<BridgeDetails> = bridge.details?.kind === 'bridge' ? bridge.details : {};
  const [path, own] =
    family === 'ipv4'
      ? (['bridge/bridge-nf-call-iptables', details.nfCallIptables] as const)
      : (['bridge/bridge-nf-call-ip6tables', details.nfCallIp6tables] as const);
  if (own === true) return 'yes';
  if (!sysctls) {
    world.wanted.add(id);
    return 'unknown';
  }
  // Without the file br_netfilter is not there.
  return sysctls[path] === undefined || sysctls[path] === '0' ? 'no' : 'yes';
}
