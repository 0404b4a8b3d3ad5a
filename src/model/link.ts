/** Links as rtnetlink reports them (RTM_NEWLINK, linux/if_link.h), and as resolved across namespaces. */
import type { LinkDetails, Port, Xdp } from './link-details.ts';

/** Counters since the link was made (struct rtnl_link_stats64). */
export type LinkStats = {
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly rxErrors: number;
  readonly txErrors: number;
  readonly rxDropped: number;
  readonly txDropped: number;
};

/** One link as its own namespace reports it, before any reference is resolved. */
export type LinkFact = {
  readonly ifindex: number;
  /** Safe to print; see `clean-text.ts`. */
  readonly name: string;
  /** IFLA_INFO_KIND (`veth`, `bridge`, …), `loopback`, or `device` for one without a kind. */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  /** RFC 2863 state: up, down, lowerlayerdown, dormant, unknown, … */
  readonly operState: string;
  /** IFF_UP: somebody has set it up. */
  readonly adminUp: boolean;
  /** IFF_LOWER_UP: there is a carrier, for a veth: its peer is up. */
  readonly carrier: boolean;
  /** IFF_NOARP (`ip link set … arp off`, or so by its kind): it asks nobody for MACs, and answers nobody. Absent: it does. */
  readonly noArp?: boolean;
  /** IFLA_MASTER: the bridge (bond, vrf) this link is a port of, in the same namespace. */
  readonly masterIfindex?: number;
  /** IFLA_LINK: for veth and netkit the peer's ifindex, for vlan and macvlan the parent's. */
  readonly lowerIfindex?: number;
  /** IFLA_LINK_NETNSID: the nsid, seen from this namespace, of the namespace that `lowerIfindex` belongs to. */
  readonly lowerNsid?: number;
  readonly stats?: LinkStats;
  /** What its kind adds; absent for a kind that tells nothing more. */
  readonly details?: LinkDetails;
  /** What it is to its master. */
  readonly port?: Port;
  readonly xdp?: Xdp;
  /** How many users (bridges, captures) want every frame that passes. */
  readonly promiscuity?: number;
  /** IFLA_GROUP (ip-link(8)); absent: 0. */
  readonly group?: number;
  /** Packets. */
  readonly txQueueLength?: number;
  /** What somebody wrote on it (`ip link set … alias`); safe to print. */
  readonly alias?: string;
};

/** The other end of a veth pair, confirmed from both ends. */
export type Peer = { readonly namespace: string; readonly ifindex: number; readonly name: string };

/** The link that a vlan, macvlan, ipvlan, vxlan or tunnel sends on, wherever it lives. */
export type Parent = Peer;

/** A link with its references resolved. */
export type Link = Omit<LinkFact, 'masterIfindex' | 'lowerIfindex' | 'lowerNsid'> & {
  /** CIDR texts such as `172.17.0.2/16`, IPv4 first. */
  readonly addresses: readonly string[];
  readonly peer: Peer | null;
  /** Why a link that must have a peer shows none. */
  readonly peerUnknown?: string;
  /** Absent for a link that has none by its kind, and where `parentUnknown` says why it is not known. */
  readonly parent?: Parent;
  /** Why a link that sends on another one does not show which. */
  readonly parentUnknown?: string;
  readonly master: { readonly ifindex: number; readonly name: string } | null;
  /** The Docker network this link belongs to, by name. */
  readonly network: string | null;
};

/** Kinds whose IFLA_LINK names the other end of a pair; a moved vxlan reports one too, but has none. */
export function isPairKind(kind: string): boolean {
  return kind === 'veth' || kind === 'netkit';
}
