/** Neighbour entries, ARP and NDP (RTM_GETNEIGH dump, linux/neighbour.h). */
import type { Neighbour } from '../src/model/neighbour.ts';
import { bytesOf, eachAttribute } from './netlink/attributes.ts';
import { type Bounded, readBounded } from './netlink/bounded.ts';
import type { Payload } from './netlink/message.ts';
import { addressText, familyOf, flagNames, macText, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const NDMSG_BYTES = 12;
const NDA = { dst: 1, lladdr: 2 } as const;
const NUD: Readonly<Record<number, string>> = {
  0: 'NONE',
  1: 'INCOMPLETE',
  2: 'REACHABLE',
  4: 'STALE',
  8: 'DELAY',
  16: 'PROBE',
  32: 'FAILED',
  64: 'NOARP',
  128: 'PERMANENT',
};
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

/** The IPv4 and IPv6 neighbour entries of the namespace. Throws what the conversation throws. */
export function readNeighbours(rtnetlink: Rtnetlink): Bounded<Neighbour> {
  const header = new Uint8Array(NDMSG_BYTES);
  return readBounded(rtnetlink, 'neighbours', { type: RTM.getNeighbour, header }, parseNeighbour);
}

/** One RTM_NEWNEIGH message; undefined for bridge FDB entries and other families. */
export function parseNeighbour({ view, start, end }: Payload): Neighbour | undefined {
  const family = familyOf(view.getUint8(start));
  if (!family) return undefined;
  let address: string | undefined;
  let mac: string | undefined;
  eachAttribute(view, start + NDMSG_BYTES, end, (type, at, length) => {
    if (type === NDA.dst) address = addressText(bytesOf(view, at, length));
    else if (type === NDA.lladdr) mac = macText(bytesOf(view, at, length));
  });
  if (address === undefined) return undefined;
  const state = view.getUint16(start + 8, true);
  return {
    ifindex: view.getInt32(start + 4, true),
    family,
    address,
    ...(mac === undefined ? {} : { mac }),
    state: NUD[state] ?? `0x${state.toString(16)}`,
    flags: flagNames(view.getUint8(start + 10), FLAG_NAMES),
  };
}
