/** An FDB entry: where a bridge or a vxlan sends frames for a MAC (RTM_NEWNEIGH of AF_BRIDGE, linux/neighbour.h; bridge(8)). */
export type FdbEntry = {
  readonly mac: string;
  /** The port, or the link itself. */
  readonly ifindex: number;
  /** The bridge whose entry it is; absent for an entry of the link itself (`self`). */
  readonly masterIfindex?: number;
  readonly vlan?: number;
  /** Of a vxlan: the machine to send to, and how, where it differs from the link's own. */
  readonly destination?: string;
  readonly port?: number;
  readonly vni?: number;
  readonly viaIfindex?: number;
  /** Of a vxlan: a nexthop group instead of a destination. */
  readonly nexthopId?: number;
  /** `permanent` (the bridge's own), `static`, `reachable`, `stale`, or the bits as hex. */
  readonly state: string;
  /** NTF_*: self, master, extern_learn, sticky, offload, router, locked. */
  readonly flags: readonly string[];
};
