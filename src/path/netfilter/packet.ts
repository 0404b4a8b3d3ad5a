/** One packet at one hook, as netfilter sees it. What is absent is not known, or does not exist at this hook. */
import type { Family } from '../../model/address.ts';
import type { Ternary } from '../ternary.ts';

/** Both ends included. */
export type PortRange = { readonly first: number; readonly last: number };

/**
 * A port; a range is where the kernel has yet to choose one from for a sender whose ip_local_port_range is known, and
 * `ephemeral` is one that another machine, or a translation, may have chosen.
 */
export type Port = number | PortRange | 'ephemeral';

/** IP protocol numbers (IANA) of the flows that netpeek follows. */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** Bits of the TCP flags byte (RFC 9293). */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 } as const;

/** The two ends of a connection as its first packet names them. */
export type Tuple = {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: Port;
  readonly destinationPort?: Port;
};

/**
 * What connection tracking knows of the packet (nf_conntrack). `none`: the hook comes before connection tracking, or the
 * namespace tracks nothing; `unknown`: a rule that may or may not match decides.
 */
export type Connection = {
  readonly state: 'new' | 'established' | 'related' | 'invalid' | 'untracked' | 'none' | 'unknown';
  readonly direction: 'original' | 'reply';
  /** As the first packet came to this namespace, before any translation. */
  readonly original: Tuple;
  /** IPS_SRC_NAT and IPS_DST_NAT. */
  readonly sourceTranslated: Ternary;
  readonly destinationTranslated: Ternary;
  readonly mark: number | 'unknown';
};

/** In the place of an address that a rule has written and nobody can tell: every condition about it is unknown. */
export const UNKNOWN_ADDRESS = '';

export type Packet = {
  readonly family: Family;
  /** IANA number. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: Port;
  readonly destinationPort?: Port;
  /** Of TCP; 0 otherwise. */
  readonly tcpFlags: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly connection: Connection;
  readonly mark: number | 'unknown';
  /** Length of the IP packet in bytes. */
  readonly length?: number;
  readonly ttl?: number;
  readonly dscp?: number;
  readonly inLink?: string;
  readonly outLink?: string;
  /** The bridge ports a bridged frame comes in and leaves by; `inLink` and `outLink` are the bridge then. */
  readonly physIn?: string;
  readonly physOut?: string;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  /** Sent by a process of this very namespace; its credentials where they are known. */
  readonly sender?: { readonly uid?: number; readonly gid?: number };
  /** A rule has written into its addresses or ports without connection tracking: nobody follows where it goes. */
  readonly rewritten?: true;
};
