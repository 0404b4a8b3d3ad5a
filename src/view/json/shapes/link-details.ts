/** Reads the details of links back from a snapshot file: a shape for each kind of `link-details.ts`. */
import type { LoadedProgram } from '../../../model/bpf-program.ts';
import type {
  BondDetails,
  BondPort,
  BridgeDetails,
  BridgePort,
  LinkDetails,
  NetkitDetails,
  OtherPort,
  Port,
  PortVlans,
  SharedDetails,
  TunDetails,
  VlanDetails,
  VrfDetails,
  VrfPort,
  VxlanDetails,
  Xdp,
} from '../../../model/link-details.ts';
import { byKind, type Decoder, flag, list, number, object, oneOf, optional, text } from '../decode.ts';
import { loadedProgram } from './bpf-program.ts';

const bridge = object<BridgeDetails>({
  kind: oneOf('bridge'),
  stp: optional(flag),
  priority: optional(number),
  forwardDelayS: optional(number),
  ageingS: optional(number),
  groupAddress: optional(text),
  groupForwardMask: optional(number),
  vlanFiltering: optional(flag),
  vlanProtocol: optional(text),
  defaultPvid: optional(number),
  multicastSnooping: optional(flag),
  nfCallIptables: optional(flag),
  nfCallIp6tables: optional(flag),
});
const shared = object<SharedDetails>({
  kind: oneOf('macvlan', 'macvtap', 'ipvlan', 'ipvtap'),
  mode: optional(text),
  isolation: optional(text),
});
const vxlan = object<VxlanDetails>({
  kind: oneOf('vxlan'),
  vni: optional(number),
  remote: optional(text),
  group: optional(text),
  local: optional(text),
  lowerIfindex: optional(number),
  port: optional(number),
  learning: optional(flag),
  ageingS: optional(number),
  external: optional(flag),
});
const bond = object<BondDetails>({
  kind: oneOf('bond'),
  mode: optional(text),
  activeIfindex: optional(number),
  miimonMs: optional(number),
});
const tun = object<TunDetails>({
  kind: oneOf('tun'),
  type: optional(text),
  ownerUid: optional(number),
  ownerGid: optional(number),
  persist: optional(flag),
  multiQueue: optional(flag),
});
const netkit = object<NetkitDetails>({
  kind: oneOf('netkit'),
  mode: optional(text),
  primary: optional(flag),
  policy: optional(text),
});

export const linkDetails: Decoder<LinkDetails> = byKind<LinkDetails>({
  bridge,
  vlan: object<VlanDetails>({ kind: oneOf('vlan'), id: optional(number), protocol: optional(text) }),
  macvlan: shared,
  macvtap: shared,
  ipvlan: shared,
  ipvtap: shared,
  vxlan,
  bond,
  vrf: object<VrfDetails>({ kind: oneOf('vrf'), table: optional(number) }),
  tun,
  netkit,
});

const vlans = list(object<PortVlans>({ first: number, last: number, pvid: flag, untagged: flag }));
const bridgePort = object<BridgePort>({
  kind: oneOf('bridge'),
  state: optional(text),
  priority: optional(number),
  cost: optional(number),
  isolated: optional(flag),
  hairpin: optional(flag),
  learning: optional(flag),
  flood: optional(flag),
  multicastFlood: optional(flag),
  broadcastFlood: optional(flag),
  locked: optional(flag),
  guard: optional(flag),
  vlans: optional(vlans),
});

export const linkPort: Decoder<Port> = byKind<Port>({
  bridge: bridgePort,
  bond: object<BondPort>({
    kind: oneOf('bond'),
    state: optional(text),
    miiStatus: optional(text),
    linkFailures: optional(number),
  }),
  vrf: object<VrfPort>({ kind: oneOf('vrf'), table: optional(number) }),
  other: object<OtherPort>({ kind: oneOf('other'), of: text }),
});

export const linkXdp: Decoder<Xdp> = object<Xdp>({
  mode: text,
  programIds: list(number),
  programs: optional(list(object<LoadedProgram>(loadedProgram))),
});
