/**
 * What nf_tables holds that iptables cannot show (NFT_MSG_GETTABLE, NFT_MSG_GETSET; linux/netfilter/nf_tables.h): tables
 * of nftables itself, and sets inside iptables' own. Only names are read: enough to know what nobody has looked at.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { NamespaceHandle } from '../../src/system/system.ts';
import { eachAttribute, stringBytes } from '../netlink/attributes.ts';
import { decodeDatagram, encodeRequest, type Payload } from '../netlink/message.ts';

/** NFNL_SUBSYS_NFTABLES in the upper byte. */
const GET_TABLE = 0x0a01;
const GET_SET = 0x0a0a;
/** struct nfgenmsg: family, version, resource id. */
const NFGENMSG_BYTES = 4;
/** NFTA_TABLE_NAME of a table, NFTA_SET_TABLE of a set: the same number. */
const NFTA_TABLE = 1;
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
  return readNftTables(namespace).filter((table) => !isOfIptables(table));
}

/** All tables, whoever made them. Throws the same. */
export function readNftTables(namespace: NamespaceHandle): readonly NativeTable[] {
  return dump(namespace, GET_TABLE);
}

/**
 * Tables of iptables-nft in which somebody used sets: iptables never does, and iptables-nft-save 1.8 prints such a rule
 * as if the condition were not there. Throws the same.
 */
export function readTablesWithSets(namespace: NamespaceHandle): readonly NativeTable[] {
  return dump(namespace, GET_SET).filter(isOfIptables);
}

/** The tables that the answers name, one for each answer. */
function dump(namespace: NamespaceHandle, type: number): readonly NativeTable[] {
  const socket = namespace.openNetlink('netfilter');
  try {
    socket.send(encodeRequest({ type, header: new Uint8Array(NFGENMSG_BYTES), dump: true }, 1));
    const tables: NativeTable[] = [];
    for (;;) {
      const { payloads, done, errno } = decodeDatagram(socket.receive(), 1);
      if (errno > 0) throw new Error(`the kernel answered errno ${errno}`);
      tables.push(...payloads.map(parseTable));
      if (done) return tables;
    }
  } finally {
    socket.close();
  }
}

/** One NFT_MSG_NEWTABLE or NFT_MSG_NEWSET message. */
function parseTable({ view, start, end }: Payload): NativeTable {
  const number = view.getUint8(start);
  let name = '';
  eachAttribute(view, start + NFGENMSG_BYTES, end, (type, at, length) => {
    if (type === NFTA_TABLE) name = cleanBytes(stringBytes(view, at, length));
  });
  return { family: FAMILIES[number] ?? String(number), name };
}

function isOfIptables({ family, name }: NativeTable): boolean {
  return (family === 'ip' || family === 'ip6') && IPTABLES_NAMES.has(name);
}
