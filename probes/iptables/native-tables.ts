/**
 * The nf_tables tables that iptables cannot show (NFT_MSG_GETTABLE, linux/netfilter/nf_tables.h). Only their names
 * are read: enough to know that rules exist which nobody has looked at.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { NamespaceHandle } from '../../src/system/system.ts';
import { eachAttribute, stringBytes } from '../netlink/attributes.ts';
import { decodeDatagram, encodeRequest, type Payload } from '../netlink/message.ts';

/** NFNL_SUBSYS_NFTABLES in the upper byte. */
const GET_TABLE = 0x0a01;
/** struct nfgenmsg: family, version, resource id. */
const NFGENMSG_BYTES = 4;
const NFTA_TABLE_NAME = 1;
/** linux/netfilter.h */
const FAMILIES: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};
/** iptables-nft keeps its rules under these names, in the families ip and ip6 (iptables-nft(8)). */
const IPTABLES_NAMES: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export type NativeTable = { readonly family: string; readonly name: string };

/** All tables but those of iptables-nft. Throws `SystemError`, or an error with the errno when the kernel refuses. */
export function readNativeTables(namespace: NamespaceHandle): readonly NativeTable[] {
  const socket = namespace.openNetlink('netfilter');
  try {
    socket.send(encodeRequest({ type: GET_TABLE, header: new Uint8Array(NFGENMSG_BYTES), dump: true }, 1));
    const tables: NativeTable[] = [];
    for (;;) {
      const { payloads, done, errno } = decodeDatagram(socket.receive(), 1);
      if (errno > 0) throw new Error(`the kernel answered errno ${errno}`);
      tables.push(...payloads.map(parseTable));
      if (done) return tables.filter(({ family, name }) => !isOfIptables(family, name));
    }
  } finally {
    socket.close();
  }
}

/** One NFT_MSG_NEWTABLE message. */
function parseTable({ view, start, end }: Payload): NativeTable {
  const number = view.getUint8(start);
  let name = '';
  eachAttribute(view, start + NFGENMSG_BYTES, end, (type, at, length) => {
    if (type === NFTA_TABLE_NAME) name = cleanBytes(stringBytes(view, at, length));
  });
  return { family: FAMILIES[number] ?? String(number), name };
}

function isOfIptables(family: string, name: string): boolean {
  return (family === 'ip' || family === 'ip6') && IPTABLES_NAMES.has(name);
}
