/** What keeps a packet, or its answer, from arriving. The walk names facts; the checks name causes. */
import type { Family } from '../../model/address.ts';
import type { FdbEntry } from '../../model/fdb.ts';
import type { Rule } from '../../model/firewall.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Neighbour } from '../../model/neighbour.ts';
import type { PolicyRule } from '../../model/policy-rule.ts';
import type { Route } from '../../model/route.ts';
import type { Socket } from '../../model/socket.ts';
import type { Decision } from '../netfilter/evaluate-chain.ts';
import type { HookFamily } from '../netfilter/firewall.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { HookName } from '../netfilter/program.ts';
import type { RouteAnswer } from '../route/query.ts';

export type Direction = 'request' | 'answer';

/** A link and the namespace it lives in. */
export type Place = { readonly namespace: Namespace; readonly link: Link };

export type Refusal = Extract<RouteAnswer, { kind: 'refused' }>;

type Facts =
  | { readonly kind: 'link-down'; readonly namespace: Namespace; readonly link: Link }
  /** `peer`: the other end, where it was found. */
  | { readonly kind: 'no-carrier'; readonly namespace: Namespace; readonly link: Link; readonly peer?: Place }
  | {
      readonly kind: 'no-address';
      readonly namespace: Namespace;
      readonly family: Family;
      readonly link?: Link;
    }
  | {
      readonly kind: 'no-route';
      readonly namespace: Namespace;
      readonly destination: string;
      readonly refusal: Refusal;
      /** The one that refuses; absent where there is none. */
      readonly route?: Route;
      /** The packet comes from elsewhere and is being forwarded. */
      readonly forwarding: boolean;
    }
  /** rp_filter, or an address that must not come in there. */
  | {
      readonly kind: 'source-refused';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly packet: Packet;
      readonly refusal: Refusal;
    }
  | {
      readonly kind: 'forwarding-off';
      readonly namespace: Namespace;
      readonly family: Family;
      readonly link: Link;
      /** ipv4/ip_forward or ipv6/conf/all/forwarding, where it was read. */
      readonly global?: string;
    }
  | {
      readonly kind: 'filtered';
      readonly namespace: Namespace;
      readonly family: HookFamily;
      readonly hook: HookName;
      readonly decision: Decision;
      readonly packet: Packet;
      readonly inLink?: Link;
      readonly outLink?: Link;
    }
  /** The packet leaves with a private source that nobody beyond can answer. */
  | {
      readonly kind: 'not-translated';
      readonly namespace: Namespace;
      readonly packet: Packet;
      readonly inLink: Link;
      readonly outLink: Link;
      /** A translating rule that was meant for this packet and names another link or subnet. */
      readonly mismatched?: Rule;
    }
  /** Nobody on the segment that the link belongs to has this address. */
  | { readonly kind: 'unowned'; readonly namespace: Namespace; readonly link: Link; readonly address: string }
  /** A neighbour entry names another MAC than the address's owner has. */
  | {
      readonly kind: 'neighbour-wrong';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly neighbour: Neighbour;
      readonly owner: Place;
    }
  /** The owner does not answer who has the address: arp_ignore, `arp off`, rp_filter. */
  | {
      readonly kind: 'neighbour-silent';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly owner: Place;
      readonly why: string;
    }
  /** The address sits on a link that is a bridge port, whose frames go to the bridge. */
  | { readonly kind: 'address-on-port'; readonly namespace: Namespace; readonly link: Link }
  /** A bridge port that does not pass frames: its state, isolation, hairpin, a lock, a VLAN, no frames to unknown MACs. */
  | {
      readonly kind: 'port-blocked';
      readonly namespace: Namespace;
      readonly bridge: Link;
      readonly port: Link;
      readonly how: 'state' | 'isolated' | 'hairpin' | 'locked' | 'vlan' | 'flood';
      readonly other?: Link;
    }
  /** The FDB sends the frame to another port than the one its owner is behind. */
  | {
      readonly kind: 'fdb-wrong';
      readonly namespace: Namespace;
      readonly bridge: Link;
      readonly entry: FdbEntry;
      readonly owner: Place;
    }
  /** The packet is larger than the link, or its far end, takes. */
  | { readonly kind: 'too-big'; readonly namespace: Namespace; readonly link: Link; readonly mtu: number }
  /** A macvlan link and its parent never hear each other. */
  | {
      readonly kind: 'macvlan-isolated';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly parent: Link;
    }
  /** Nothing listens there; `loopback`: it does, but only on the loopback address. */
  | {
      readonly kind: 'no-listener';
      readonly namespace: Namespace;
      readonly packet: Packet;
      readonly elsewhere: readonly Socket[];
    }
  /** A program listens and lets connections wait: one more finds no place. */
  | { readonly kind: 'queue-full'; readonly namespace: Namespace; readonly socket: Socket }
  /** Frames may be larger than the link at the other end of the pair takes. */
  | {
      readonly kind: 'peer-too-small';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly peer: Place;
    }
  /** A policy rule leads the packet by another link than the table main would: no fault where it arrives all the same. */
  | {
      readonly kind: 'diverted';
      readonly namespace: Namespace;
      readonly packet: Packet;
      readonly rule: PolicyRule;
      readonly route: Route;
      /** Where the rule leads, and where the table main would. */
      readonly link: string;
      readonly mainLink: string;
    }
  /** A rule has written a TTL into the packet that is used up here. */
  | {
      readonly kind: 'ttl-expired';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly packet: Packet;
      readonly ttl: number;
    }
  /** The packet goes round and round until its TTL is used up. */
  | { readonly kind: 'loop'; readonly namespace: Namespace };

/** `direction` says whether the request or its answer is lost. */
export type Fault = Facts & { readonly direction: Direction };
export type FaultKind = Fault['kind'];
