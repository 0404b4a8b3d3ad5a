/** The question 'where does this packet go' and its answer, as the kernel's FIB takes and gives them (ip-route(8), `ip route get`). */
import type { Family } from '../../model/address.ts';
import type { PolicyRule } from '../../model/policy-rule.ts';
import type { Route } from '../../model/route.ts';

export type RouteQuery = {
  readonly family: Family;
  readonly destination: string;
  /** Absent: the socket has not chosen yet. */
  readonly source?: string;
  /** The link it came in by; absent for a packet of the namespace itself. */
  readonly inLink?: string;
  /** The link it must leave by (SO_BINDTODEVICE). */
  readonly outLink?: string;
  readonly mark: number | 'unknown';
  /** IANA number. */
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
};

export type RouteAnswer =
  | {
      readonly kind: 'found';
      readonly type: 'unicast' | 'local' | 'broadcast' | 'multicast';
      /** The link it leaves by, or (`local`) the loopback link. */
      readonly link: string;
      readonly gateway?: string;
      /** The source that a packet without one gets. */
      readonly source?: string;
      readonly table?: string;
      /** Of the route itself; the link has one of its own. */
      readonly mtu?: number;
      readonly route?: Route;
      readonly rule?: PolicyRule;
    }
  | {
      readonly kind: 'refused';
      /** `none`: no table has a route. `reverse-path`: rp_filter. `martian`: an address that must not come in there. */
      readonly how: 'none' | 'blackhole' | 'unreachable' | 'prohibit' | 'reverse-path' | 'martian';
      /** Why, in a few words, such as the effective rp_filter and the route back. */
      readonly detail: string;
      readonly route?: Route;
      readonly rule?: PolicyRule;
    }
  /** The tables were not read, or what decides is not known (several next hops, an unknown mark). */
  | { readonly kind: 'unknown'; readonly why: string };

/** Asks the kernel of one namespace; absent in a snapshot from a file. */
export type AskKernel = (namespaceId: string, query: RouteQuery) => RouteAnswer | undefined;
