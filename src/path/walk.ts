/** What a walk yields: the hops for people, and what is wrong on the way as facts for the checks. */
import type { Family } from '../model/address.ts';
import type { Hop } from '../model/diagnosis.ts';
import type { Rule } from '../model/firewall.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Route } from '../model/route.ts';
import type { Decision } from './evaluate-chain.ts';
import type { Hook } from './evaluate-hook.ts';
import type { Packet } from './packet.ts';

export type Direction = 'request' | 'answer';

/** Something that keeps the packet, or its answer, from arriving. The walk names facts; the checks name causes. */
export type Fault =
  | { readonly kind: 'link-down'; readonly namespace: Namespace; readonly link: Link }
  | {
      readonly kind: 'no-carrier';
      readonly namespace: Namespace;
      readonly link: Link;
      /** The other end, where it was found. */
      readonly peer?: { readonly namespace: Namespace; readonly link: Link };
    }
  | {
      readonly kind: 'no-address';
      readonly namespace: Namespace;
      readonly family: Family;
      readonly link?: Link;
    }
  /** `route` is the one that refuses; absent where there is none. */
  | {
      readonly kind: 'no-route';
      readonly namespace: Namespace;
      readonly destination: string;
      readonly route?: Route;
      /** The packet comes from elsewhere and is being forwarded. */
      readonly forwarding: boolean;
    }
  | {
      readonly kind: 'forwarding-off';
      readonly namespace: Namespace;
      readonly link: Link;
      /** ipv4/ip_forward, where it was read. */
      readonly global?: string;
      readonly direction: Direction;
    }
  | {
      readonly kind: 'filtered';
      readonly namespace: Namespace;
      readonly hook: Hook;
      readonly decision: Decision;
      readonly packet: Packet;
      readonly direction: Direction;
      readonly inLink?: Link;
      readonly outLink?: Link;
    }
  | {
      readonly kind: 'not-translated';
      readonly namespace: Namespace;
      readonly packet: Packet;
      readonly inLink: Link;
      readonly outLink: Link;
      /** A translating rule that was meant for this packet and names another link or subnet. */
      readonly mismatched?: Rule;
    };

export type FaultKind = Fault['kind'];

export type DraftHop = Omit<Hop, 'n' | 'namespace'> & { readonly namespace: Namespace };

/** A part of the way. Without `next` it ends here: arrived, lost, or not to be followed further. */
export type Stretch<Next> = {
  readonly hops: readonly DraftHop[];
  readonly faults: readonly Fault[];
  readonly next?: Next;
};

export type Walk = { readonly hops: readonly Hop[]; readonly faults: readonly Fault[] };

/** The walk of these parts. Hops end at the first drop, for the packet goes no further; faults do not. */
export function assembleWalk(stretches: readonly Stretch<unknown>[]): Walk {
  const drafts = stretches.flatMap(({ hops }) => hops);
  const dropped = drafts.findIndex(({ verdict }) => verdict === 'drop');
  const walked = dropped < 0 ? drafts : drafts.slice(0, dropped + 1);
  return {
    hops: walked.map(({ namespace, ...hop }, index) => ({ n: index + 1, namespace: namespace.name, ...hop })),
    faults: stretches.flatMap(({ faults }) => faults),
  };
}
