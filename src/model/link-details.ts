/**
 * What a link is beyond its kind (IFLA_INFO_DATA), and what it is to its master (IFLA_INFO_SLAVE_DATA), as
 * linux/if_link.h names it. A member that is absent was not told by this kernel. Kinds that have nothing to tell
 * over rtnetlink (dummy, wireguard, team, any that netpeek does not know) have no details.
 */
import type { LoadedProgram } from './bpf-program.ts';

export type BridgeDetails = {
  readonly kind: 'bridge';
  readonly stp?: boolean;
  readonly priority?: number;
  readonly forwardDelayS?: number;
  readonly ageingS?: number;
  readonly groupAddress?: string;
  readonly groupForwardMask?: number;
  readonly vlanFiltering?: boolean;
  readonly vlanProtocol?: string;
  readonly defaultPvid?: number;
  readonly multicastSnooping?: boolean;
  /** Bridged frames meet iptables and nftables of IPv4 or IPv6, also where `bridge-nf-call-iptables` is 0. */
  readonly nfCallIptables?: boolean;
  readonly nfCallIp6tables?: boolean;
};

export type VlanDetails = {
  readonly kind: 'vlan';
  readonly id?: number;
  /** `802.1Q`, `802.1ad`, or the ethertype as hex. */
  readonly protocol?: string;
};

/** macvlan and macvtap: private, vepa, bridge, passthru, source. ipvlan and ipvtap: l2, l3, l3s. */
export type SharedDetails = {
  readonly kind: 'macvlan' | 'macvtap' | 'ipvlan' | 'ipvtap';
  readonly mode?: string;
  /** Of ipvlan: whether its links reach each other (bridge), or not (private), or by way of a switch (vepa). */
  readonly isolation?: string;
};

export type VxlanDetails = {
  readonly kind: 'vxlan';
  readonly vni?: number;
  /** Where frames without an FDB entry go, a unicast address… */
  readonly remote?: string;
  /** …or a multicast one. */
  readonly group?: string;
  readonly local?: string;
  /** IFLA_VXLAN_LINK: the link to send on, in the namespace where this one was made. */
  readonly lowerIfindex?: number;
  /** UDP destination. */
  readonly port?: number;
  readonly learning?: boolean;
  readonly ageingS?: number;
  /** The metadata of each packet says vni and remote (`external`), and not this link. */
  readonly external?: boolean;
};

export type BondDetails = {
  readonly kind: 'bond';
  /** `balance-rr`, `active-backup`, `802.3ad`, … */
  readonly mode?: string;
  readonly activeIfindex?: number;
  readonly miimonMs?: number;
};

export type VrfDetails = { readonly kind: 'vrf'; readonly table?: number };

export type TunDetails = {
  readonly kind: 'tun';
  /** `tun` carries IP packets, `tap` Ethernet frames. */
  readonly type?: string;
  /** The user who may open it. */
  readonly ownerUid?: number;
  readonly ownerGid?: number;
  /** It stays when no process holds it. */
  readonly persist?: boolean;
  readonly multiQueue?: boolean;
};

export type NetkitDetails = {
  readonly kind: 'netkit';
  readonly mode?: string;
  readonly primary?: boolean;
  /** What happens to a packet where no program is attached: forward or blackhole. */
  readonly policy?: string;
};

export type LinkDetails =
  | BridgeDetails
  | VlanDetails
  | SharedDetails
  | VxlanDetails
  | BondDetails
  | VrfDetails
  | TunDetails
  | NetkitDetails;

/** Vlans of a bridge port: `first` to `last`. */
export type PortVlans = {
  readonly first: number;
  readonly last: number;
  /** What comes in without a tag gets this vlan. */
  readonly pvid: boolean;
  /** Leaves without a tag. */
  readonly untagged: boolean;
};

export type BridgePort = {
  readonly kind: 'bridge';
  /** disabled, listening, learning, forwarding, blocking. */
  readonly state?: string;
  readonly priority?: number;
  readonly cost?: number;
  /** Reaches only ports that are not isolated. */
  readonly isolated?: boolean;
  /** Frames may leave by the port that they came in by. */
  readonly hairpin?: boolean;
  readonly learning?: boolean;
  /** Whether frames to unknown MACs are sent here. */
  readonly flood?: boolean;
  readonly multicastFlood?: boolean;
  readonly broadcastFlood?: boolean;
  /** Only frames from MACs in the FDB get in. */
  readonly locked?: boolean;
  readonly guard?: boolean;
  /** Absent where the bridge filters no vlans, or this kernel cannot. */
  readonly vlans?: readonly PortVlans[];
};

export type BondPort = {
  readonly kind: 'bond';
  readonly state?: string;
  /** up, going down (`fail`), down, coming back (`back`). */
  readonly miiStatus?: string;
  readonly linkFailures?: number;
};

export type VrfPort = { readonly kind: 'vrf'; readonly table?: number };

/** A member of a master of another kind: team, openvswitch, … */
export type OtherPort = { readonly kind: 'other'; readonly of: string };

/** What a link is to its master. */
export type Port = BridgePort | BondPort | VrfPort | OtherPort;

/** An XDP program on a link (IFLA_XDP). */
export type Xdp = {
  /** Where it runs: `driver`, `generic`, `offload`, or `multi`. */
  readonly mode: string;
  readonly programIds: readonly number[];
  /** Those of them that bpf(2) told of. */
  readonly programs?: readonly LoadedProgram[];
};
