/** The base chains of nftables itself, and of iptables' tables that only nft can print. */
import type { Namespace } from '../../model/namespace.ts';
import type { NftBase, NftChain, NftTable } from '../../model/nftables.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Unread } from './firewall.ts';
import { compileRule } from './nft/compile-rule.ts';
import type { TableContext } from './nft/subject.ts';
import type { BaseChain, ChainProgram, RuleProgram } from './program.ts';

/** The base chains, and sentences about what of nftables was not read. */
export function nftBases(
  { gaps }: Pick<Snapshot, 'gaps'>,
  { id, name, nftables }: Pick<Namespace, 'id' | 'name' | 'nftables'>,
): { readonly bases: readonly BaseChain[]; readonly unread: readonly Unread[] } {
  if (!nftables) return { bases: [], unread: [{ text: `the rules of nftables in ${name} were not read` }] };
  const awake = nftables.filter(({ flags }) => !flags.includes('dormant'));
  const missing = gaps.filter((gap) => gap.probe === 'nft' && gap.namespace === id);
  return {
    bases: awake.flatMap(basesOf),
    unread: [
      ...missing.map(({ reason }) => ({ text: reason })),
      ...awake.flatMap(({ family, unparsed }) =>
        unparsed.map((text) => ({ text, ...(family === 'ip' || family === 'ip6' ? { family } : {}) })),
      ),
    ],
  };
}

function basesOf(table: NftTable): readonly BaseChain[] {
  const context = contextOf(table);
  const chains = new Map(table.chains.map((chain) => [chain.name, programOf(chain, context)]));
  return table.chains.flatMap(({ name, handle, base }) =>
    base ? [baseChain(table, { name, handle, base }, chains)] : [],
  );
}

function baseChain(
  { family, name: table }: NftTable,
  {
    name,
    handle,
    base: { hook, priority, type, policy, devices },
  }: { readonly name: string; readonly handle: number; readonly base: NftBase },
  chains: BaseChain['chains'],
): BaseChain {
  const isOfDevices = hook === 'ingress' || hook === 'egress';
  return {
    world: 'nft',
    family,
    table,
    name,
    hook,
    priority,
    type,
    policy,
    handle,
    ...(isOfDevices ? { devices } : {}),
    chains,
  };
}

/** What rules do to sets is looked for when a rule is met that asks for it: few do, and there may be many rules. */
function contextOf({ family, sets, chains }: NftTable): TableContext {
  let found: Changes | undefined;
  const changes = () => {
    found ??= findChanges(chains);
    return found;
  };
  return {
    family,
    sets: new Map(sets.map((set) => [set.name, set])),
    get filledSets() {
      return changes().filledSets;
    },
    get emptiedSets() {
      return changes().emptiedSets;
    },
    get setsPacketType() {
      return changes().setsPacketType;
    },
  };
}

type Changes = Pick<TableContext, 'filledSets' | 'emptiedSets' | 'setsPacketType'>;

function findChanges(chains: readonly NftChain[]): Changes {
  const filledSets = new Set<string>();
  const emptiedSets = new Set<string>();
  let setsPacketType = false;
  for (const { rules } of chains)
    for (const { statements } of rules)
      for (const statement of statements) {
        if (statement.kind === 'update')
          (statement.op === 'delete' ? emptiedSets : filledSets).add(statement.set);
        else if (statement.kind === 'mangle' && statement.key.kind === 'meta')
          setsPacketType ||= statement.key.key === 'pkttype';
      }
  return { filledSets, emptiedSets, setsPacketType };
}

function programOf(chain: NftChain, context: TableContext): ChainProgram {
  let compiled: readonly RuleProgram[] | undefined;
  return {
    name: chain.name,
    rules: () => {
      compiled ??= chain.rules.map((rule) => compileRule(rule, context));
      return compiled;
    },
  };
}
