/**
 * The tables of nftables itself in one namespace, and those of iptables-nft that iptables-save cannot print. The kernel is
 * asked first, over netlink, which tables there are: most namespaces have none, and cost no process.
 */
import type { Gap } from '../../src/model/gap.ts';
import type { NftTable } from '../../src/model/nftables.ts';
import type { NamespaceHandle, System } from '../../src/system/system.ts';
import { isOfIptables, type NativeTable } from '../iptables/native-tables.ts';
import { readGeneration } from './ask.ts';
import { readKernelTables } from './kernel-tables.ts';
import { parseListing } from './parse-listing.ts';
import { type KernelTable, tableOf } from './parse-table.ts';
import { parseTexts } from './parse-texts.ts';
import { runList } from './run-list.ts';
import { wordsOfRules } from './words/rules.ts';

/** How often rules that change while they are read are read again before the last reading is kept, with a gap. */
const ATTEMPTS = 3;

type Reading = { readonly nftables?: readonly NftTable[]; readonly gaps: readonly Gap[] };

/**
 * The tables, and a gap for each that could not be read; `hidden` are those of iptables-nft to read as well. Without
 * `nftables`, nothing was read.
 */
export async function readNftables(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
  hidden: readonly NativeTable[],
): Promise<Reading> {
  try {
    for (let attempt = 1; ; attempt += 1) {
      const wanted = readKernelTables(namespace).filter((table) => isWanted(table, hidden));
      if (wanted.length === 0) return { nftables: [], gaps: [] };
      const before = readGeneration(namespace);
      const reading = await readAll(system, namespace, wanted);
      if (readGeneration(namespace) === before) return reading;
      if (attempt === ATTEMPTS) {
        const reason = `the rules of nftables changed during each of ${ATTEMPTS} readings`;
        return { ...reading, gaps: [...reading.gaps, { probe: 'nft', namespace: namespace.id, reason }] };
      }
    }
  } catch (error) {
    return { gaps: [gapOf(error, namespace, 'native nftables tables')] };
  }
}

/** A table of iptables-nft is iptables-save's to print, unless it cannot. */
function isWanted(table: NativeTable, hidden: readonly NativeTable[]): boolean {
  return (
    !isOfIptables(table) || hidden.some(({ family, name }) => family === table.family && name === table.name)
  );
}

async function readAll(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
  wanted: readonly KernelTable[],
): Promise<Reading> {
  const nftables: NftTable[] = [];
  const gaps: Gap[] = [];
  for (const table of wanted)
    try {
      nftables.push(await readTable(system, namespace, table));
    } catch (error) {
      gaps.push(gapOf(error, namespace, `nftables table ${table.family} ${table.name}`));
    }
  return { ...(nftables.length > 0 ? { nftables } : {}), gaps };
}

/** nft is run again for the words of a table only where one of its rules has parts whose words are not known. */
async function readTable(
  { processes }: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
  table: KernelTable,
): Promise<NftTable> {
  const listing = parseListing(await runList(processes, namespace, table, 'json'));
  const texts =
    wordsOfRules(listing.items) ?? parseTexts(await runList(processes, namespace, table, 'words'));
  return tableOf(listing, texts, table);
}

const NEEDS: Readonly<Record<string, string>> = {
  ENOENT: 'apt install nftables',
  EPERM: 'run as root (CAP_NET_ADMIN)',
  EACCES: 'run as root (CAP_NET_ADMIN)',
};

/** Only what the outside did wrong is a gap; a mistake of ours is thrown on. */
function gapOf(error: unknown, namespace: NamespaceHandle, what: string): Gap {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const needs = NEEDS[code];
  return {
    probe: 'nft',
    namespace: namespace.id,
    reason: `${what}: ${error.message}`,
    ...(needs === undefined ? {} : { needs }),
  };
}
