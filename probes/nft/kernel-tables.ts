/**
 * The tables of nf_tables and what nft's JSON does not say of them (NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN;
 * linux/netfilter/nf_tables.h): whether they sleep, and the links of their chains at ingress and egress.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { NftFamily } from '../../src/model/nftables.ts';
import type { NamespaceHandle } from '../../src/system/system.ts';
import type { Fields } from '../netlink/fields.ts';
import { flagNames } from '../netlink/rtnetlink.ts';
import { dumpNft, NFT } from './ask.ts';
import type { KernelTable } from './parse-table.ts';

const NFTA_TABLE = { name: 1, flags: 2 };
const NFTA_CHAIN = { table: 1, name: 3, hook: 4 };
const NFTA_HOOK = { device: 3, devices: 4 };
/** NFTA_DEVICE_NAME */
const DEVICE_NAME = 1;
/** NFT_TABLE_F_*, as nft names them. */
const FLAGS: Readonly<Record<number, string>> = { 1: 'dormant', 2: 'owner', 4: 'persist' };

const NFT_FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** All tables but those of families that nft has not. Throws `SystemError`, or an error with the errno. */
export function readKernelTables(namespace: NamespaceHandle): readonly KernelTable[] {
  const answers = dumpNft(namespace, NFT.getTable);
  if (answers.length === 0) return [];
  const devices = readDevices(namespace);
  return answers.flatMap(({ family, fields }) => {
    const known = NFT_FAMILIES.find((one) => one === family);
    if (!known) return [];
    const name = nameOf(fields, NFTA_TABLE.name);
    return [
      {
        family: known,
        name,
        flags: flagNames(fields.u32be(NFTA_TABLE.flags) ?? 0, FLAGS),
        devices: devices.get(keyOf(known, name)) ?? new Map<string, readonly string[]>(),
      },
    ];
  });
}

/** By table, then by chain; chains without links are left out. */
function readDevices(namespace: NamespaceHandle): ReadonlyMap<string, Map<string, readonly string[]>> {
  const tables = new Map<string, Map<string, readonly string[]>>();
  for (const { family, fields } of dumpNft(namespace, NFT.getChain)) {
    const devices = devicesOf(fields.nested(NFTA_CHAIN.hook));
    if (devices.length === 0) continue;
    const key = keyOf(family, nameOf(fields, NFTA_CHAIN.table));
    const chains = tables.get(key) ?? new Map<string, readonly string[]>();
    tables.set(key, chains.set(nameOf(fields, NFTA_CHAIN.name), devices));
  }
  return tables;
}

/** Several links are a list of attributes of one type. */
function devicesOf(hook: Fields | undefined): readonly string[] {
  if (!hook) return [];
  const several = hook.each(NFTA_HOOK.devices, DEVICE_NAME);
  if (several.length > 0) return several.map(cleanBytes).sort();
  return hook.has(NFTA_HOOK.device) ? [nameOf(hook, NFTA_HOOK.device)] : [];
}

function keyOf(family: NftFamily | string, table: string): string {
  return `${family} ${table}`;
}

function nameOf(fields: Fields, type: number): string {
  return cleanBytes(fields.string(type) ?? new Uint8Array());
}
