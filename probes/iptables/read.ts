/**
 * iptables rules of one namespace: both flavours, both families, by the tools that print them (iptables-save(8)).
 * The legacy tools are run only where /proc/net/ip_tables_names shows a table: running them would load modules and
 * create the tables. That file, empty or absent, also proves that there are no legacy rules, and a kernel that names no
 * table of nf_tables proves that there are no others: most namespaces hold none, and cost no process.
 */
import type { Family } from '../../src/model/address.ts';
import type { Ruleset } from '../../src/model/firewall.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { NftTable } from '../../src/model/nftables.ts';
import type { NamespaceHandle, System } from '../../src/system/system.ts';
import { readNftables } from '../nft/read.ts';
import { type NativeTable, readNftTables, readTablesWithSets } from './native-tables.ts';
import { hiddenTables, parseSave } from './parse-save.ts';
import { runSave } from './run-save.ts';

type Kind = Pick<Ruleset, 'family' | 'flavour'>;
type Reading = { readonly rulesets: readonly Ruleset[]; readonly gaps: readonly Gap[] };

const KINDS: readonly Kind[] = [
  { family: 'ipv4', flavour: 'nft' },
  { family: 'ipv4', flavour: 'legacy' },
  { family: 'ipv6', flavour: 'nft' },
  { family: 'ipv6', flavour: 'legacy' },
];
const NFT_FAMILIES: Readonly<Record<Family, string>> = { ipv4: 'ip', ipv6: 'ip6' };
const NAMES: Readonly<Record<Family, string>> = { ipv4: 'ip_tables_names', ipv6: 'ip6_tables_names' };

/**
 * What could be read, and a gap for each thing that could not. A flavour without a ruleset was not read; one with an
 * empty ruleset holds nothing. Without `nftables`, nothing of nftables was read.
 */
export async function readRulesets(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
): Promise<{ rulesets: readonly Ruleset[]; nftables?: readonly NftTable[]; gaps: readonly Gap[] }> {
  const readings = await Promise.all(KINDS.map((kind) => readOne(system, namespace, kind)));
  const rulesets = readings.flatMap((reading) => reading.rulesets);
  const { nftables, gaps } = await readNftables(system, namespace, rulesets.flatMap(hiddenTables));
  const open = rulesets.map((ruleset) => withoutTablesOfNft(ruleset, nftables ?? []));
  return {
    rulesets: open,
    ...(nftables ? { nftables } : {}),
    gaps: [
      ...readings.flatMap((reading) => reading.gaps),
      ...open.flatMap((ruleset) => hiddenGaps(ruleset, namespace)),
      ...gaps,
    ],
  };
}

/** A table that nft has printed whole is not counted twice. */
function withoutTablesOfNft(ruleset: Ruleset, nftables: readonly NativeTable[]): Ruleset {
  const hidden = hiddenTables(ruleset).filter(({ family, name }) =>
    nftables.some((table) => table.family === family && table.name === name),
  );
  return {
    ...ruleset,
    tables: ruleset.tables.filter((table) => !hidden.some(({ name }) => name === table.name)),
    unparsed: ruleset.unparsed.filter((line) => !hidden.some((table) => table.line === line)),
  };
}

function hiddenGaps(ruleset: Ruleset, namespace: NamespaceHandle): readonly Gap[] {
  return hiddenTables(ruleset).map(({ line }) => ({
    probe: 'iptables',
    namespace: namespace.id,
    reason: `${ruleset.family}: ${line.replace(/^# /, '')}`,
  }));
}

async function readOne(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
  kind: Kind,
): Promise<Reading> {
  try {
    if (kind.flavour === 'legacy' && !hasLegacyTables(namespace, kind.family))
      return { rulesets: [{ ...kind, tables: [], unparsed: [] }], gaps: [] };
    if (kind.flavour === 'nft' && hasNoNftTables(namespace, kind.family))
      return { rulesets: [{ ...kind, tables: [], unparsed: [] }], gaps: [] };
    const saved = parseSave(await runSave(system.processes, namespace, kind), kind);
    const ruleset = kind.flavour === 'nft' ? withoutSetTables(saved, readTablesWithSets(namespace)) : saved;
    return { rulesets: [ruleset], gaps: [] };
  } catch (error) {
    return { rulesets: [], gaps: [gapOf(error, namespace, `${kind.family} ${kind.flavour} rules`)] };
  }
}

/** Takes out tables whose rules cannot be believed, and says so in the words that iptables has for such tables. */
function withoutSetTables(ruleset: Ruleset, withSets: readonly NativeTable[]): Ruleset {
  const family = NFT_FAMILIES[ruleset.family];
  const names = new Set(withSets.filter((table) => table.family === family).map(({ name }) => name));
  if (names.size === 0) return ruleset;
  const hidden = [...names].map(
    (name) => `# Table \`${name}' holds sets, which iptables cannot print, use 'nft' tool.`,
  );
  return {
    ...ruleset,
    tables: ruleset.tables.filter(({ name }) => !names.has(name)),
    unparsed: [...ruleset.unparsed, ...hidden],
  };
}

function hasLegacyTables(namespace: NamespaceHandle, family: Family): boolean {
  try {
    return namespace.readText(`/proc/thread-self/net/${NAMES[family]}`).trim() !== '';
  } catch (error) {
    // ip_tables is not loaded, so nothing can hold legacy rules.
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A kernel that does not say is no proof: the tool is asked then, and says what is the matter. */
function hasNoNftTables(namespace: NamespaceHandle, family: Family): boolean {
  try {
    return !readNftTables(namespace).some((table) => table.family === NFT_FAMILIES[family]);
  } catch {
    return false;
  }
}

const NEEDS: Readonly<Record<string, string>> = {
  ENOENT: 'apt install iptables',
  EPERM: 'run as root (CAP_NET_ADMIN)',
  EACCES: 'run as root (CAP_NET_ADMIN)',
};

/** Only what the outside did wrong is a gap; a mistake of ours is thrown on. */
function gapOf(error: unknown, namespace: NamespaceHandle, what: string): Gap {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
  const needs = NEEDS[codeOf(error)] ?? 'apt install iptables';
  return { probe: 'iptables', namespace: namespace.id, reason: `${what}: ${error.message}`, needs };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
