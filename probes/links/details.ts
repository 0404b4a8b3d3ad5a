/** What a link is beyond its kind: IFLA_INFO_DATA, whose attributes each kind defines for itself (linux/if_link.h). */
import type { LinkDetails } from '../../src/model/link-details.ts';
import { type Fields, said } from '../netlink/fields.ts';

/** The kernel tells times of a bridge in hundredths of a second (USER_HZ). */
const USER_HZ = 100;

const BR = {
  forwardDelay: 1,
  ageingTime: 4,
  stpState: 5,
  priority: 6,
  vlanFiltering: 7,
  vlanProtocol: 8,
  groupFwdMask: 9,
  groupAddr: 20,
  mcastSnooping: 23,
  nfCallIptables: 36,
  nfCallIp6tables: 37,
  vlanDefaultPvid: 39,
} as const;
const VLAN = { id: 1, protocol: 5 } as const;
const VXLAN = {
  id: 1,
  group: 2,
  link: 3,
  local: 4,
  learning: 7,
  ageing: 8,
  port: 15,
  group6: 16,
  local6: 17,
  collectMetadata: 25,
} as const;
const BOND = { mode: 1, activeSlave: 2, miimon: 3 } as const;
const TUN = { owner: 1, group: 2, type: 3, persist: 6, multiQueue: 7 } as const;
const NETKIT = { primary: 2, policy: 3, mode: 5 } as const;
const IFLA_MACVLAN_MODE = 1;
const IPVLAN = { mode: 1, flags: 2 } as const;
const IFLA_VRF_TABLE = 1;

const MACVLAN_MODES: Names = { 1: 'private', 2: 'vepa', 4: 'bridge', 8: 'passthru', 16: 'source' };
const IPVLAN_MODES: Names = { 0: 'l2', 1: 'l3', 2: 'l3s' };
const IPVLAN_FLAGS: Names = { 0: 'bridge', 1: 'private', 2: 'vepa' };
const BOND_MODES: Names = {
  0: 'balance-rr',
  1: 'active-backup',
  2: 'balance-xor',
  3: 'broadcast',
  4: '802.3ad',
  5: 'balance-tlb',
  6: 'balance-alb',
};
/** IFF_TUN and IFF_TAP of linux/if_tun.h. */
const TUN_TYPES: Names = { 1: 'tun', 2: 'tap' };
const NETKIT_MODES: Names = { 0: 'l2', 1: 'l3' };
const NETKIT_POLICIES: Names = { 0: 'forward', 2: 'blackhole' };

type Names = Readonly<Record<number, string>>;

/** The details of a link of this kind; undefined for a kind that netpeek knows none of. */
export function parseDetails(kind: string, data: Fields): LinkDetails | undefined {
  switch (kind) {
    case 'bridge':
      return said({
        kind,
        stp: data.u32(BR.stpState) === undefined ? undefined : data.u32(BR.stpState) !== 0,
        priority: data.u16(BR.priority),
        forwardDelayS: seconds(data.u32(BR.forwardDelay)),
        ageingS: seconds(data.u32(BR.ageingTime)),
        groupAddress: data.mac(BR.groupAddr),
        groupForwardMask: data.u16(BR.groupFwdMask),
        vlanFiltering: data.bool(BR.vlanFiltering),
        vlanProtocol: protocolName(data.u16be(BR.vlanProtocol)),
        defaultPvid: data.u16(BR.vlanDefaultPvid),
        multicastSnooping: data.bool(BR.mcastSnooping),
        nfCallIptables: data.bool(BR.nfCallIptables),
        nfCallIp6tables: data.bool(BR.nfCallIp6tables),
      });
    case 'vlan':
      return said({ kind, id: data.u16(VLAN.id), protocol: protocolName(data.u16be(VLAN.protocol)) });
    case 'macvlan':
    case 'macvtap':
      return said({ kind, mode: nameOf(MACVLAN_MODES, data.u32(IFLA_MACVLAN_MODE)) });
    case 'ipvlan':
    case 'ipvtap':
      return said({
        kind,
        mode: nameOf(IPVLAN_MODES, data.u16(IPVLAN.mode)),
        isolation: nameOf(IPVLAN_FLAGS, data.u16(IPVLAN.flags)),
      });
    case 'vxlan':
      return parseVxlan(data);
    case 'bond':
      return said({
        kind,
        mode: nameOf(BOND_MODES, data.u8(BOND.mode)),
        activeIfindex: data.u32(BOND.activeSlave),
        miimonMs: data.u32(BOND.miimon),
      });
    case 'vrf':
      return said({ kind, table: data.u32(IFLA_VRF_TABLE) });
    case 'tun':
      return said({
        kind,
        type: nameOf(TUN_TYPES, data.u8(TUN.type)),
        ownerUid: data.u32(TUN.owner),
        ownerGid: data.u32(TUN.group),
        persist: data.bool(TUN.persist),
        multiQueue: data.bool(TUN.multiQueue),
      });
    case 'netkit':
      return said({
        kind,
        mode: nameOf(NETKIT_MODES, data.u32(NETKIT.mode)),
        primary: data.bool(NETKIT.primary),
        policy: nameOf(NETKIT_POLICIES, data.u32(NETKIT.policy)),
      });
    default:
      return undefined;
  }
}

function parseVxlan(data: Fields): LinkDetails {
  const remote = data.address(VXLAN.group) ?? data.address(VXLAN.group6);
  const isGroup = remote !== undefined && isMulticast(remote);
  const lowerIfindex = data.u32(VXLAN.link);
  return said({
    kind: 'vxlan' as const,
    vni: data.u32(VXLAN.id),
    remote: isGroup ? undefined : remote,
    group: isGroup ? remote : undefined,
    local: data.address(VXLAN.local) ?? data.address(VXLAN.local6),
    lowerIfindex: lowerIfindex === 0 ? undefined : lowerIfindex,
    port: data.u16be(VXLAN.port),
    learning: data.bool(VXLAN.learning),
    ageingS: data.u32(VXLAN.ageing),
    external: data.bool(VXLAN.collectMetadata),
  });
}

/** 224.0.0.0/4 and ff00::/8. */
function isMulticast(address: string): boolean {
  if (address.includes(':')) return address.startsWith('ff');
  const first = Number.parseInt(address, 10);
  return first >= 224 && first < 240;
}

function seconds(hundredths: number | undefined): number | undefined {
  return hundredths === undefined ? undefined : hundredths / USER_HZ;
}

function nameOf(names: Names, value: number | undefined): string | undefined {
  return value === undefined ? undefined : (names[value] ?? String(value));
}

/** The ethertype of a vlan tag. */
function protocolName(ethertype: number | undefined): string | undefined {
  if (ethertype === undefined) return undefined;
  return { 33024: '802.1Q', 34984: '802.1ad' }[ethertype] ?? `0x${ethertype.toString(16)}`;
}
