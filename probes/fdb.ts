/** FDB entries of bridges, vxlans and other links (RTM_GETNEIGH dump of AF_BRIDGE, linux/neighbour.h). */
import type { FdbEntry } from '../src/model/fdb.ts';
import { type Bounded, readBounded } from './netlink/bounded.ts';
import { Fields, said } from './netlink/fields.ts';
import type { Payload } from './netlink/message.ts';
import { flagNames, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const NDMSG_BYTES = 12;
const AF_BRIDGE = 7;
const NDA = {
  dst: 1,
  lladdr: 2,
  vlan: 5,
  port: 6,
  vni: 7,
  ifindex: 8,
  master: 9,
  nexthopId: 13,
  flagsExt: 15,
} as const;
/** NUD_* as bridge(8) calls them, and in its order: a vxlan says both 128 and 64. */
const STATES: readonly (readonly [bit: number, name: string])[] = [
  [128, 'permanent'],
  [64, 'static'],
  [4, 'stale'],
  [2, 'reachable'],
];
const FLAG_NAMES = {
  1: 'use',
  2: 'self',
  4: 'master',
  8: 'proxy',
  16: 'extern_learn',
  32: 'offload',
  64: 'sticky',
  128: 'router',
};
/** NTF_EXT_* */
const EXTENDED_FLAG_NAMES = { 1: 'managed', 2: 'locked' };

/** The FDB entries of the namespace. Throws what the conversation throws. */
export function readFdb(rtnetlink: Rtnetlink): Bounded<FdbEntry> {
  const header = new Uint8Array(NDMSG_BYTES);
  header[0] = AF_BRIDGE;
  return readBounded(rtnetlink, 'fdb', { type: RTM.getNeighbour, header }, parseFdbEntry);
}

/** One RTM_NEWNEIGH message; undefined for one of another family. */
export function parseFdbEntry({ view, start, end }: Payload): FdbEntry | undefined {
  if (view.getUint8(start) !== AF_BRIDGE) return undefined;
  const fields = new Fields(view, start + NDMSG_BYTES, end);
  const state = view.getUint16(start + 8, true);
  return said({
    mac: fields.mac(NDA.lladdr) ?? '',
    ifindex: view.getInt32(start + 4, true),
    masterIfindex: fields.u32(NDA.master),
    vlan: fields.u16(NDA.vlan),
    destination: fields.address(NDA.dst),
    port: fields.u16be(NDA.port),
    vni: fields.u32(NDA.vni),
    viaIfindex: fields.u32(NDA.ifindex),
    nexthopId: fields.u32(NDA.nexthopId),
    state: STATES.find(([bit]) => (state & bit) !== 0)?.[1] ?? `0x${state.toString(16)}`,
    flags: [
      ...flagNames(view.getUint8(start + 10), FLAG_NAMES),
      ...flagNames(fields.u32(NDA.flagsExt) ?? 0, EXTENDED_FLAG_NAMES),
    ],
  });
}
