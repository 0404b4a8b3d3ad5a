/** IP addresses (RTM_GETADDR dump, rtnetlink(7), linux/if_addr.h). */
import type { Address } from '../src/model/address.ts';
import { bytesOf, eachAttribute } from './netlink/attributes.ts';
import { type Bounded, readBounded } from './netlink/bounded.ts';
import type { Payload } from './netlink/message.ts';
import { scopeName } from './netlink/route-names.ts';
import { addressText, familyOf, flagNames, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const IFADDRMSG_BYTES = 8;
const IFA = { address: 1, local: 2, broadcast: 4, flags: 8 } as const;
const FLAG_NAMES = {
  1: 'secondary',
  2: 'nodad',
  4: 'optimistic',
  8: 'dadfailed',
  16: 'homeaddress',
  32: 'deprecated',
  64: 'tentative',
  128: 'permanent',
  256: 'mngtmpaddr',
  512: 'noprefixroute',
  1024: 'autojoin',
  2048: 'stable-privacy',
};

/** The IPv4 and IPv6 addresses of the namespace. Throws what the conversation throws. */
export function readAddresses(rtnetlink: Rtnetlink): Bounded<Address> {
  const header = new Uint8Array(IFADDRMSG_BYTES);
  return readBounded(rtnetlink, 'addresses', { type: RTM.getAddress, header }, parseAddress);
}

/** One RTM_NEWADDR message; undefined for a family netpeek does not read. */
export function parseAddress({ view, start, end }: Payload): Address | undefined {
  const family = familyOf(view.getUint8(start));
  if (!family) return undefined;
  let flags = view.getUint8(start + 2);
  let far: string | undefined;
  let local: string | undefined;
  let broadcast: string | undefined;
  eachAttribute(view, start + IFADDRMSG_BYTES, end, (type, at, length) => {
    if (type === IFA.address) far = addressText(bytesOf(view, at, length));
    else if (type === IFA.local) local = addressText(bytesOf(view, at, length));
    else if (type === IFA.broadcast) broadcast = addressText(bytesOf(view, at, length));
    else if (type === IFA.flags) flags = view.getUint32(at, true);
  });
  const address = local ?? far;
  if (address === undefined) return undefined;
  return {
    ifindex: view.getUint32(start + 4, true),
    family,
    address,
    prefixLength: view.getUint8(start + 1),
    // IFA_ADDRESS is the far end where it differs from IFA_LOCAL (linux/if_addr.h).
    ...(local !== undefined && far !== undefined && far !== local ? { pointToPoint: far } : {}),
    ...(broadcast === undefined ? {} : { broadcast }),
    scope: scopeName(view.getUint8(start + 3)),
    flags: flagNames(flags, FLAG_NAMES),
  };
}
