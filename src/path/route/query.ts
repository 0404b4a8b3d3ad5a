/** Where a packet goes, as the kernel's FIB decides it (ip-route(8), `ip route get`). */
import type { PolicyRule } from '../../model/policy-rule.ts';
import type { Route } from '../../model/route.ts';
import type { RouteQuery } from '../../model/route-query.ts';

export type { RouteQuery } from '../../model/route-query.ts';

export type RouteAnswer =
  | {
      readonly kind: 'found';
      /** An anycast address of the namespace counts as `local`: it is delivered here. */
      readonly type: 'unicast' | 'local' | 'broadcast' | 'multicast';
      /** The link it leaves by, or, where it is delivered here, the loopback link. */
      readonly link: string;
      readonly gateway?: string;
      /** The source that a packet without one gets. */
      readonly source?: string;
      /** Why `source` is absent although the kernel would choose one. */
      readonly sourceUnknown?: string;
      readonly table?: string;
      /** Of the route itself; the link has one of its own. */
      readonly mtu?: number;
      readonly route?: Route;
      readonly rule?: PolicyRule;
    }
  | {
      readonly kind: 'refused';
      /**
       * `none`: no table has a route. `reverse-path`: rp_filter. `martian`: an address that must not come in there, or
       * be sent from. `forwarding-off`: it is for somebody else, and the link it came in by does not forward.
       */
      readonly how:
        | 'none'
        | 'blackhole'
        | 'unreachable'
        | 'prohibit'
        | 'reverse-path'
        | 'martian'
        | 'forwarding-off';
      /** Why, in a few words, such as the effective rp_filter and the route back. */
      readonly detail: string;
      readonly route?: Route;
      readonly rule?: PolicyRule;
    }
  /** The tables were not read, or what decides is not known (several next hops, an unknown mark). */
  | { readonly kind: 'unknown'; readonly why: string };

/** Asks the kernel of one namespace; absent in a snapshot from a file. */
export type AskKernel = (namespaceId: string, query: RouteQuery) => RouteAnswer | undefined;
