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
import { readTablesWithForeignRules } from './foreign-rules.ts';
import { isOfIptables, type NativeTable, readNftTables, readTablesWithSets } from './native-tables.ts';
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
    const { text, odd } = await saveAndSeek(system, namespace, kind);
    return { rulesets: [withoutOddTables(parseSave(text, kind), odd)], gaps: [] };
  } catch (error) {
    return { rulesets: [], gaps: [gapOf(error, namespace, `${kind.family} ${kind.flavour} rules`)] };
  }
}

/** Tables of iptables-nft whose print cannot be believed, because others have written in them too. */
function oddTables(namespace: NamespaceHandle, family: Family): readonly NativeTable[] {
  const own = readNftTables(namespace).filter((table) => table.family === NFT_FAMILIES[family]);
  const withSets = readTablesWithSets(namespace).filter((table) => table.family === NFT_FAMILIES[family]);
  return [...withSets, ...readTablesWithForeignRules(namespace, own)];
}

/** What iptables-save prints, and the odd tables, which are sought while it works. */
async function saveAndSeek(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
  kind: Kind,
): Promise<{ readonly text: string; readonly odd: readonly NativeTable[] }> {
  const { promise: started, resolve: onStart } = Promise.withResolvers<void>();
  // Settled, so that a tool that fails while the kernel's answers are awaited is nobody's unhandled rejection.
  const saving = Promise.allSettled([runSave(system.processes, namespace, kind, onStart)]);
  // Seeking blocks this thread: the tool must run before. A recorded one never does, and is just there.
  await Promise.race([started, saving]);
  let odd: readonly NativeTable[] = [];
  try {
    if (kind.flavour === 'nft') odd = oddTables(namespace, kind.family);
  } finally {
    await saving;
  }
  const [saved] = await saving;
  if (saved.status === 'fulfilled') return { text: saved.value, odd };
  return { text: hiddenLinesOrThrow(saved.reason, namespace, kind, odd), odd };
}

/** iptables-save prints nothing at all where one rule is quite strange to it; nft is asked for every table then. */
function hiddenLinesOrThrow(
  error: unknown,
  namespace: NamespaceHandle,
  kind: Kind,
  odd: readonly NativeTable[],
): string {
  if (odd.length === 0 || codeOf(error) !== 'EIO') throw error;
  const own = readNftTables(namespace).filter(({ family }) => family === NFT_FAMILIES[kind.family]);
  return own.filter(isOfIptables).map(hiddenLine).join('\n');
}

/** Takes them out, and says so in the words that iptables has for tables that it cannot print. */
function withoutOddTables(ruleset: Ruleset, odd: readonly NativeTable[]): Ruleset {
  const lines = new Set(odd.map(hiddenLine));
  return {
    ...ruleset,
    tables: ruleset.tables.filter((table) => !odd.some(({ name }) => name === table.name)),
    unparsed: [...ruleset.unparsed.filter((line) => !lines.has(line)), ...lines],
  };
}

function hiddenLine({ name }: NativeTable): string {
  return `# Table \`${name}' holds what iptables did not write and cannot print, use 'nft' tool.`;
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
