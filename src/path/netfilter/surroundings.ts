/** What a condition may ask about the namespace beside the packet. */
import type { Family } from '../../model/address.ts';
import type { IpSet } from '../../model/ipset.ts';
import type { Link } from '../../model/link.ts';
import type { HookName } from './program.ts';

/** RTN_* as addrtype and fib name them; `unknown` where the tables that decide were not read. */
export type AddressType =
  | 'unspec'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'unknown';

/** What a rule asks the routing tables about an address. */
export type TableQuestion = {
  readonly family: Family;
  readonly address: string;
  /** The other end, as policy rules compare it with a source; absent where the kernel leaves it out. */
  readonly towards?: string;
  /** The link the packet came in by. */
  readonly link: string;
  /** Absent: the loopback. */
  readonly iif?: string;
  /** Of IPv6: the link whose routes come before others of one prefix; with `strict`, others do not count. */
  readonly oif?: string;
  readonly strict: boolean;
  readonly mark: number | 'unknown';
  /** 0 where the kernel leaves it out. */
  readonly protocol: number;
  readonly dscp: number | undefined;
};

export type TableAnswer =
  | {
      readonly kind: 'route';
      /** Of the route, such as `unicast` and `local`. */
      readonly type: string;
      /** The link it leads to. */
      readonly link: string;
      /** All links that count as used by it. */
      readonly links: readonly string[];
    }
  /** No route, or one that refuses. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

export type Surroundings = {
  /** Where the packet is; `evaluateHook` says it. Absent: not known. */
  readonly hook?: HookName;
  /** Of an address in this namespace's own tables, as inet_addr_type() asks; with `link`, only what belongs to that link. */
  readonly addressType: (address: string, link?: string) => AddressType;
  /** Every answer of the namespace's own tables that is possible. Absent: they were not read. */
  readonly askTables?: (question: TableQuestion) => readonly TableAnswer[];
  /** Whether rules put connections into zones; undefined, or absent, where it is not known. */
  readonly usesZones?: () => boolean | undefined;
  /** The link with this name; undefined where links were not read or none has it. */
  readonly link: (name: string) => Link | undefined;
  /** undefined: sets were not read, or there is none of that name. */
  readonly ipset: (name: string) => IpSet | undefined;
};
