/**
 * Which tables nf_tables holds (NFT_MSG_GETTABLE), and in which of iptables' own there are sets (NFT_MSG_GETSET;
 * linux/netfilter/nf_tables.h). Only names are read: enough to know which tool must be asked.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { NamespaceHandle } from '../../src/system/system.ts';
import { dumpNft, NFT, type NftAnswer } from '../nft/ask.ts';

/** NFTA_TABLE_NAME of a table, NFTA_SET_TABLE of a set: the same number. */
const NFTA_TABLE = 1;
/** iptables-nft keeps its rules under these names, in the families ip and ip6 (iptables-nft(8)). */
const IPTABLES_NAMES: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export type NativeTable = { readonly family: string; readonly name: string };

/** All tables, whoever made them. Throws `SystemError`, or an error with the errno when the kernel refuses. */
export function readNftTables(namespace: NamespaceHandle): readonly NativeTable[] {
  return dumpNft(namespace, NFT.getTable).map(tableOf);
}

/**
 * Tables of iptables-nft in which somebody used sets: iptables never does, and iptables-nft-save 1.8 prints such a rule
 * as if the condition were not there. Throws the same.
 */
export function readTablesWithSets(namespace: NamespaceHandle): readonly NativeTable[] {
  return dumpNft(namespace, NFT.getSet).map(tableOf).filter(isOfIptables);
}

/** Whether iptables-nft has a table of this name. */
export function isOfIptables({ family, name }: NativeTable): boolean {
  return (family === 'ip' || family === 'ip6') && IPTABLES_NAMES.has(name);
}

function tableOf({ family, fields }: NftAnswer): NativeTable {
  return { family, name: cleanBytes(fields.string(NFTA_TABLE) ?? new Uint8Array()) };
}
