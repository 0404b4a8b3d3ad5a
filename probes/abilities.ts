/** Small questions to the kernel that only show whether it answers: one for each netlink family that netpeek reads. */
import type { NamespaceHandle } from '../src/system/system.ts';
import { dumpEach } from './netlink/dump.ts';
import { RTM } from './netlink/rtnetlink.ts';
import { openRtnetlink } from './netlink/socket.ts';

/** NFNL_SUBSYS_NFTABLES and NFT_MSG_GETTABLE; NFNL_SUBSYS_CTNETLINK and IPCTNL_MSG_CT_GET_STATS_CPU. */
const GET_TABLES = 0x0a01;
const GET_CONNTRACK_STATS = 0x0104;
/** struct nfgenmsg, all families. */
const NFGENMSG_BYTES = 4;
/** SOCK_DIAG_BY_FAMILY with struct inet_diag_req_v2: IPv4 (2) TCP (6) sockets in LISTEN (10). */
const BY_FAMILY = 20;
const DIAG_REQUEST_BYTES = 56;
const AF_INET = 2;
const TCP = 6;
const LISTEN = 10;
/** struct ifinfomsg */
const IFINFO_BYTES = 16;

/** How many links rtnetlink tells. Throws `SystemError` or `NetlinkError`. */
export function countLinks(namespace: NamespaceHandle): number {
  const rtnetlink = openRtnetlink(namespace);
  try {
    return rtnetlink.dump({ type: RTM.getLink, header: new Uint8Array(IFINFO_BYTES), attributes: [] }).length;
  } finally {
    rtnetlink.close();
  }
}

/** How many tables nf_tables has, of iptables-nft too. Throws `SystemError`. */
export function countNftTables(namespace: NamespaceHandle): number {
  return countAnswers(namespace, 'netfilter', GET_TABLES, new Uint8Array(NFGENMSG_BYTES));
}

/** Asks the connection tracking for its statistics, one answer a processor. Throws `SystemError`. */
export function askConntrack(namespace: NamespaceHandle): number {
  return countAnswers(namespace, 'netfilter', GET_CONNTRACK_STATS, new Uint8Array(NFGENMSG_BYTES));
}

/** How many IPv4 TCP sockets listen, by sock_diag(7). Throws `SystemError`. */
export function countListeners(namespace: NamespaceHandle): number {
  const header = new Uint8Array(DIAG_REQUEST_BYTES);
  header[0] = AF_INET;
  header[1] = TCP;
  new DataView(header.buffer).setUint32(4, 1 << LISTEN, true);
  return countAnswers(namespace, 'sock-diag', BY_FAMILY, header);
}

function countAnswers(
  namespace: NamespaceHandle,
  protocol: 'netfilter' | 'sock-diag',
  type: number,
  header: Uint8Array,
): number {
  let count = 0;
  dumpEach(namespace, protocol, { type, header }, () => {
    count += 1;
  });
  return count;
}
