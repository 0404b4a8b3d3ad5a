/** One link instead of all: RTM_GETLINK by ifindex or name (rtnetlink(7)), also in a namespace known by its nsid. */
import type { LinkFact } from '../src/model/link.ts';
import { parseLink } from './links.ts';
import { attribute, attribute32 } from './netlink/attributes.ts';
import { RTM } from './netlink/rtnetlink.ts';
import { NetlinkError, type Rtnetlink } from './netlink/socket.ts';

const IFINFO_BYTES = 16;
const IFINFO_INDEX = 4;
const IFLA_IFNAME = 3;
const IFLA_TARGET_NETNSID = 46;
const ENODEV = 19;

/** What the kernel knows the link by. A name must be one that `isPlainLinkName` lets through. */
export type LinkKey = { readonly ifindex: number } | { readonly name: string };

/** IFNAMSIZ is 16 with the final NUL. Printable ASCII without a backslash: the text shown is then the bytes of the name. */
export function isPlainLinkName(text: string): boolean {
  return /^[!-[\]-~]{1,15}$/.test(text);
}

/**
 * The link in the namespace behind `rtnetlink`, or in the one that it knows by this nsid; undefined where there is
 * none. An alternative name (`ip link property`) finds nothing. Throws what the conversation throws.
 */
export function readOneLink(rtnetlink: Rtnetlink, key: LinkKey, nsid?: number): LinkFact | undefined {
  const header = new Uint8Array(IFINFO_BYTES);
  if ('ifindex' in key) new DataView(header.buffer).setInt32(IFINFO_INDEX, key.ifindex, true);
  const attributes = [
    ...('name' in key ? [attribute(IFLA_IFNAME, new TextEncoder().encode(`${key.name}\0`))] : []),
    ...(nsid === undefined ? [] : [attribute32(IFLA_TARGET_NETNSID, nsid)]),
  ];
  try {
    const answer = rtnetlink.get({ type: RTM.getLink, header, attributes });
    const link = answer && parseLink(answer);
    return 'name' in key && link?.name !== key.name ? undefined : link;
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === ENODEV) return undefined;
    throw error;
  }
}
