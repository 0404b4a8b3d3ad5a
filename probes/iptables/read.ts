/**
 * iptables rules of one namespace: both flavours, both families, by the tools that print them (iptables-save(8)).
 * The legacy tools are run only where /proc/net/ip_tables_names shows a table: running them would load modules and
 * create the tables. That file, empty or absent, also proves that there are no legacy rules, and a kernel that names no
 * table of nf_tables proves that there are no others: most namespaces hold none, and cost no process.
 */
import type { Family } from '../../src/model/address.ts';
import type { Ruleset } from '../../src/model/firewall.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { NamespaceHandle, System } from '../../src/system/system.ts';
import { type NativeTable, readNativeTables, readNftTables, readTablesWithSets } from './native-tables.ts';
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
 * empty ruleset holds nothing.
 */
export async function readRulesets(
  system: Pick<System, 'processes'>,
  namespace: NamespaceHandle,
): Promise<{ rulesets: Ruleset[]; gaps: Gap[] }> {
  const readings = await Promise.all(KINDS.map((kind) => readOne(system, namespace, kind)));
  return {
    rulesets: readings.flatMap(({ rulesets }) => rulesets),
    gaps: [...readings.flatMap(({ gaps }) => gaps), ...nativeGaps(namespace)],
  };
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
    return {
      rulesets: [ruleset],
      gaps: hiddenTables(ruleset).map((line) => ({
        probe: 'iptables',
        namespace: namespace.id,
        reason: `${kind.family}: ${line.replace(/^# /, '')}`,
      })),
    };
  } catch (error) {
    return {
      rulesets: [],
      gaps: [gapOf(error, namespace, 'iptables', `${kind.family} ${kind.flavour} rules`)],
    };
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

/** Tables of nftables itself are not read yet; that they exist must be known wherever 'no such rule' is said. */
function nativeGaps(namespace: NamespaceHandle): readonly Gap[] {
  try {
    const tables = readNativeTables(namespace).map(({ family, name }) => `${family} ${name}`);
    if (tables.length === 0) return [];
    const reason = `native nftables tables exist and are not examined yet: ${tables.join(', ')}`;
    return [{ probe: 'nft', namespace: namespace.id, reason }];
  } catch (error) {
    return [gapOf(error, namespace, 'nft', 'native nftables tables')];
  }
}

const NEEDS: Readonly<Record<string, string>> = {
  ENOENT: 'apt install iptables',
  EPERM: 'run as root (CAP_NET_ADMIN)',
  EACCES: 'run as root (CAP_NET_ADMIN)',
};

/** Only what the outside did wrong is a gap; a mistake of ours is thrown on. */
function gapOf(error: unknown, namespace: NamespaceHandle, probe: string, what: string): Gap {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
  const needs = probe === 'iptables' ? (NEEDS[codeOf(error)] ?? 'apt install iptables') : NEEDS.EPERM;
  return {
    probe,
    namespace: namespace.id,
    reason: `${what}: ${error.message}`,
    ...(needs === undefined ? {} : { needs }),
  };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
