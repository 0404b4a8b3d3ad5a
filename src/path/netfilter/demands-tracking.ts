/**
 * Whether rules make the kernel track connections. It does so only where somebody asks for it (nf_ct_netns_get()): a rule
 * about connections or one that translates, of the family. A translating chain alone does not, and is never asked then.
 */
import type { Rule, Ruleset } from '../../model/firewall.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { NftTable } from '../../model/nftables.ts';
import type { ChainResult, Decision } from './evaluate-chain.ts';
import type { Packet } from './packet.ts';
import type { BaseChain } from './program.ts';

const MODULES: ReadonlySet<string> = new Set([
  'connbytes',
  'connlabel',
  'connlimit',
  'connmark',
  'conntrack',
  'helper',
  'state',
]);
const TARGETS: ReadonlySet<string> = new Set([
  'CONNMARK',
  'CONNSECMARK',
  'DNAT',
  'MASQUERADE',
  'NETMAP',
  'REDIRECT',
  'SNAT',
]);

/** Whether some rule that was read does; what else might, such as Open vSwitch, is not seen. */
export function demandsTracking(
  { rulesets = [], nftables = [] }: Pick<Namespace, 'rulesets' | 'nftables'>,
  family: 'ip' | 'ip6',
): boolean {
  return (
    rulesets.some(
      (ruleset) => (ruleset.family === 'ipv4') === (family === 'ip') && isOfConnections(ruleset),
    ) || nftables.some((table) => isOfFamily(table, family) && mentions(table.chains))
  );
}

function isOfConnections({ tables }: Ruleset): boolean {
  return tables.some(({ chains }) => chains.some(({ rules }) => rules.some(demands)));
}

function demands({ matches, target }: Rule): boolean {
  return (
    (target !== undefined && TARGETS.has(target)) ||
    matches.some(({ module }) => module !== undefined && MODULES.has(module))
  );
}

function isOfFamily({ family, flags }: NftTable, wanted: 'ip' | 'ip6'): boolean {
  return !flags.includes('dormant') && (family === wanted || family === 'inet' || family === 'bridge');
}

/** A statement that translates, or an expression about the connection, at any depth. */
function mentions(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentions);
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && (value.kind === 'nat' || value.kind === 'ct')) return true;
  return Object.values(value).some(mentions);
}

/** Where no rule has connections tracked, a translating chain is met by no packet, unless somebody unseen has them tracked. */
export function perhapsNotAsked(
  base: BaseChain,
  packet: Packet,
  { outcomes, unknown, met }: ChainResult,
): ChainResult {
  const { world, family, table, name } = base;
  const decision: Decision = { world, family, table, verdict: { kind: 'accept' }, chain: name, via: [name] };
  return {
    outcomes: [{ decision, packet }, ...outcomes],
    unknown: [...unknown, `whether connections are tracked, without which ${table} ${name} is not asked`],
    met: met.map((one) => ({ ...one, matched: 'unknown' })),
  };
}
