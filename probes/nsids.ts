/**
 * The number by which one namespace knows another (RTM_GETNSID, linux/net_namespace.h). Asked per descriptor:
 * a dump ends early on kernels with many namespaces, and an nsid exists only once a link dump has needed it.
 */
import type { NamespaceHandle } from '../src/system/system.ts';
import { attribute32, eachAttribute } from './netlink/attributes.ts';
import { RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

const RTGENMSG_BYTES = 4;
const NETNSA_NSID = 1;
const NETNSA_FD = 3;
/** NETNSA_NSID_NOT_ASSIGNED */
const NOT_ASSIGNED = -1;

/** The nsid of `other` as the namespace behind `rtnetlink` sees it; undefined where it has none. Throws what the conversation throws. */
export function readNsid(rtnetlink: Rtnetlink, other: NamespaceHandle): number | undefined {
  const answer = rtnetlink.get({
    type: RTM.getNsid,
    header: new Uint8Array(RTGENMSG_BYTES),
    attributes: [attribute32(NETNSA_FD, other.fd)],
  });
  if (!answer) return undefined;
  let nsid = NOT_ASSIGNED;
  eachAttribute(answer.view, answer.start + RTGENMSG_BYTES, answer.end, (type, at) => {
    if (type === NETNSA_NSID) nsid = answer.view.getInt32(at, true);
  });
  return nsid === NOT_ASSIGNED ? undefined : nsid;
}
