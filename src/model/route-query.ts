/** The question 'where does this packet go', as it is put to the tables of a namespace or to its kernel (ip-route(8), `ip route get`). */
import type { Family } from './address.ts';
import type { Route } from './route.ts';

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
  /** Of the sending process, as its namespace counts; absent: not known. A packet that came in has none. */
  readonly uid?: number;
};

/** What the kernel says, before anybody knows why it refuses: an errno has several causes. */
export type KernelRoute =
  | {
      readonly kind: 'found';
      /** RTN_*: unicast, local, broadcast, multicast, anycast. */
      readonly type: string;
      readonly ifindex: number;
      readonly gateway?: string;
      /** What it gives a packet that has no source. */
      readonly source?: string;
      readonly table?: string;
      /** Bytes. */
      readonly mtu?: number;
      /** The route that fits, where the kernel named it (RTM_F_FIB_MATCH). */
      readonly route?: Route;
    }
  /** Positive, as in errno(3). */
  | { readonly kind: 'refused'; readonly errno: number };
