/** One packet from a namespace outwards, as far as this host decides about it (hops in the order it meets them). */
import type { Flow } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { crossLink } from './cross-link.ts';
import { forward } from './forward.ts';
import { leaveNamespace } from './leave-namespace.ts';
import { firstPacket } from './packet.ts';
import { familyOf } from './prefix.ts';
import { translate } from './translate.ts';
import { assembleWalk, type Stretch, type Walk } from './walk.ts';

/** Walks the flow's first packet. Needs links, addresses and routes of `from`, and of the namespace beyond also sysctls and rulesets. */
export function walkEgress(snapshot: Snapshot, from: Namespace, flow: Flow): Walk {
  const family = familyOf(flow.destination) ?? 'ipv4';
  const stretches: Stretch<unknown>[] = [];
  const take = <Next>(stretch: Stretch<Next>): Next | undefined => {
    stretches.push(stretch);
    return stretch.next;
  };
  const departure = take(leaveNamespace(snapshot, from, firstPacket(flow, family)));
  if (!departure) return assembleWalk(stretches);
  if (family === 'ipv6' || from.kind === 'host') {
    take(leftUnexamined(from, departure.link.name, family === 'ipv6'));
    return assembleWalk(stretches);
  }
  const arrival = take(crossLink(snapshot, from, departure));
  const passage = arrival && take(forward(arrival));
  if (passage && take(translate(snapshot, passage)))
    take(beyond(snapshot, passage.namespace, passage.outLink.name));
  return assembleWalk(stretches);
}

function leftUnexamined(namespace: Namespace, link: string, isIpv6: boolean): Stretch<never> {
  const detail = isIpv6
    ? 'IPv6 is not followed beyond the sending link yet'
    : `handed to ${link}; what happens beyond this host was not examined`;
  return { hops: [{ namespace, link, stage: 'deliver', verdict: 'unknown', detail }], faults: [] };
}

/** The end of what is known; never a claim that the packet arrives. */
function beyond(snapshot: Snapshot, namespace: Namespace, link: string): Stretch<never> {
  const native = snapshot.gaps.find((gap) => gap.probe === 'nft' && gap.namespace === namespace.id);
  const detail = `leaves by ${link}; not examined: the other side${native ? ` and rules beside iptables (${native.reason})` : ', neighbours, rp_filter and traffic control'}`;
  return { hops: [{ namespace, link, stage: 'deliver', verdict: 'unknown', detail }], faults: [] };
}
