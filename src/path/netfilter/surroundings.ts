/** What a condition may ask about the namespace beside the packet. */
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

export type Surroundings = {
  /** Where the packet is; `evaluateHook` says it. Absent: not known. */
  readonly hook?: HookName;
  /** Of an address in this namespace's own tables, as inet_addr_type() asks; with `link`, only what belongs to that link. */
  readonly addressType: (address: string, link?: string) => AddressType;
  /** The link with this name; undefined where links were not read or none has it. */
  readonly link: (name: string) => Link | undefined;
  /** undefined: sets were not read, or there is none of that name. */
  readonly ipset: (name: string) => IpSet | undefined;
};
