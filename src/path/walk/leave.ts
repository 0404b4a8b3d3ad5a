/**
 * The last of a namespace's own stack: POSTROUTING and its translation of the source, and what connection tracking
 * keeps of the flow (ip_output, nf_conntrack_confirm).
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet, Tuple } from '../netfilter/packet.ts';
import type { KnownConnection } from './connections.ts';
import { tupleOf } from './connections.ts';
import { lostSight } from './hops.ts';
import { masqueradeAddress } from './own-address.ts';
import { passHook } from './pass-hook.ts';
import type { StepResult, World } from './state.ts';
import { checkUntranslated } from './untranslated.ts';

export type Leaving = {
  readonly namespace: Namespace;
  readonly packet: Packet;
  readonly link: Link;
  readonly nextHop: string;
  /** The link that it came in by; absent for a packet of the namespace itself. */
  readonly inLink?: Link;
  readonly known: KnownConnection | undefined;
};

export function leave(world: World, leaving: Leaving): StepResult {
  const { namespace, link, nextHop, inLink, known } = leaving;
  // ip_output() tells the chains of POSTROUTING by which link a forwarded packet came in as well.
  const packet: Packet = { ...leaving.packet, outLink: link.name };
  const own = masqueradeAddress(namespace, link, nextHop, packet.family);
  const passed = passHook(world, { namespace, hook: 'postrouting', packet, outLink: link, own, known });
  if (!passed.packet) {
    const end = lostSight(
      namespace,
      'nat',
      `whether the source ${packet.source} is translated cannot be told`,
      {
        link: link.name,
      },
    );
    return { ...end, hops: [...passed.hops, ...end.hops], faults: passed.faults };
  }
  const { inLink: _, ...outgoing } = passed.packet;
  if (!known) remember(world, namespace, packet.connection.original, passed.packet);
  const untranslated = inLink
    ? checkUntranslated(world, { namespace, inLink, outLink: link, packet: passed.packet, before: packet })
    : { hops: [], faults: [] };
  return {
    hops: [...passed.hops, ...untranslated.hops],
    faults: [...passed.faults, ...untranslated.faults],
    next: nextState(namespace, link, outgoing, nextHop),
  };
}

function nextState(
  namespace: Namespace,
  link: Link,
  packet: Packet,
  nextHop: string,
): NonNullable<StepResult['next']> {
  return link.kind === 'loopback'
    ? { at: 'receive', namespace, link, packet }
    : { at: 'transmit', namespace, link, packet, nextHop };
}

/** Only what is tracked is remembered (nf_conntrack_confirm). */
export function remember({ connections }: World, { id }: Namespace, original: Tuple, packet: Packet): void {
  const { state, mark } = packet.connection;
  if (state === 'untracked' || state === 'invalid') return;
  connections.confirm(id, original, tupleOf(packet), mark);
}
