/** The chains of a namespace in one form, whichever tool made them: what the tables of rules are drawn from. */
import type { Counters, Rule, Ruleset, Table } from '../../model/firewall.ts';
import { builtInHook, builtInPriority, placeInHook, type RuleWorld } from '../../model/hook-order.ts';
import type { Namespace } from '../../model/namespace.ts';
import type {
  NftBase,
  NftChain,
  NftExpression,
  NftFamily,
  NftHook,
  NftRule,
  NftTable,
} from '../../model/nftables.ts';

export type ShownRule = {
  /** Finds the rule again among later readings. */
  readonly key: string;
  readonly number: number;
  readonly handle?: number;
  /** In the tool's words, without what its row says already. */
  readonly text: string;
  /** Absent where nothing counts. */
  readonly counters?: Counters;
  /** Chains of the same table that it jumps to. */
  readonly leadsTo: readonly string[];
};

/** What makes a chain one that the kernel asks by itself. */
export type ShownBase = {
  readonly hook: NftHook;
  /** Where in its hook it is asked. */
  readonly place: number;
  readonly priority: number;
  readonly translates: boolean;
  /** In the tool's words. */
  readonly policy: string;
  readonly policyCounters?: Counters;
  readonly devices: readonly string[];
};

export type ShownChain = {
  readonly key: string;
  readonly world: RuleWorld;
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  readonly base?: ShownBase;
  /** Its table is dormant: the kernel asks none of its chains. */
  readonly isDormant: boolean;
  readonly rules: readonly ShownRule[];
};

const listed = new WeakMap<object, readonly ShownChain[]>();

/** All chains, as they were read. */
export function listChains({ rulesets = [], nftables = [] }: Namespace): readonly ShownChain[] {
  return [
    ...rulesets.flatMap((ruleset) => remember(ruleset, () => iptablesChains(ruleset))),
    ...nftables.flatMap((table) => remember(table, () => nftChains(table))),
  ];
}

/** A ruleset is a value: its chains are gathered once, however often it is drawn. */
function remember(of: object, make: () => readonly ShownChain[]): readonly ShownChain[] {
  const before = listed.get(of);
  if (before) return before;
  const chains = make();
  listed.set(of, chains);
  return chains;
}

function iptablesChains({ family, flavour, tables }: Ruleset): readonly ShownChain[] {
  const world = `iptables-${flavour}` as const;
  return tables.flatMap((table) => {
    const names = new Set(table.chains.map(({ name }) => name));
    return table.chains.map((chain): ShownChain => {
      const place = { world, family: family === 'ipv4' ? 'ip' : 'ip6', table: table.name } as const;
      const key = chainKey({ ...place, name: chain.name });
      const base = builtInBase(table, chain);
      return {
        ...place,
        key,
        name: chain.name,
        ...(base ? { base } : {}),
        isDormant: false,
        rules: chain.rules.map((rule) => ({
          // Its number too: two rules of one chain may read the same.
          key: `${key} ${rule.number} ${rule.text}`,
          number: rule.number,
          text: withoutChain(rule),
          counters: rule.counters,
          leadsTo: rule.target !== undefined && names.has(rule.target) ? [rule.target] : [],
        })),
      };
    });
  });
}

function builtInBase(table: Table, chain: Table['chains'][number]): ShownBase | undefined {
  const hook = builtInHook(chain.name);
  const priority = hook && builtInPriority(table.name, hook);
  if (hook === undefined || priority === undefined || chain.policy === undefined) return undefined;
  return {
    hook,
    place: priority,
    priority,
    translates: table.name === 'nat',
    policy: chain.policy,
    policyCounters: chain.counters,
    devices: [],
  };
}

/** `-A CHAIN` is what its heading says. */
function withoutChain({ text }: Rule): string {
  return text.replace(/^-A \S+ ?/, '');
}

function nftChains(table: NftTable): readonly ShownChain[] {
  return table.chains.map((chain): ShownChain => {
    const place = { world: 'nft', family: table.family, table: table.name } as const;
    const key = chainKey({ ...place, name: chain.name });
    return {
      ...place,
      key,
      name: chain.name,
      ...(chain.base ? { base: nftBase(chain.base) } : {}),
      isDormant: table.flags.includes('dormant'),
      rules: chain.rules.map((rule) => {
        const counters = rule.counters ?? namedCounters(rule, table);
        return {
          key: `${key} handle ${rule.handle}`,
          number: rule.number,
          handle: rule.handle,
          text: rule.text,
          ...(counters ? { counters } : {}),
          leadsTo: jumpsOf(rule, table).filter((name) => hasChain(table.chains, name)),
        };
      }),
    };
  });
}

function nftBase(base: NftBase): ShownBase {
  const { hook, priority, policy, devices, type } = base;
  return { hook, place: placeInHook(base), priority, translates: type === 'nat', policy, devices };
}

/** What a counter of the table's own has counted, where the rule uses one; other rules may use it as well. */
function namedCounters({ statements }: NftRule, { objects }: NftTable): Counters | undefined {
  for (const statement of statements)
    if (statement.kind === 'passing' && statement.name === 'counter')
      return objects.find(({ kind, name }) => kind === 'counter' && name === statement.object)?.counters;
  return undefined;
}

function jumpsOf({ statements }: NftRule, table: NftTable): readonly string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'verdict') return 'chain' in statement.verdict ? [statement.verdict.chain] : [];
    return statement.kind === 'vmap' ? chainsIn(statement.data, table) : [];
  });
}

function chainsIn(data: NftExpression, { sets }: NftTable): readonly string[] {
  const elements =
    data.kind === 'set'
      ? data.elements
      : data.kind === 'set-name'
        ? (sets.find(({ name }) => name === data.name)?.elements ?? [])
        : [];
  return elements.flatMap(({ value }) => (value && 'chain' in value ? [value.chain] : []));
}

function hasChain(chains: readonly NftChain[], wanted: string): boolean {
  return chains.some(({ name }) => name === wanted);
}

function chainKey({ family, world, table, name }: Pick<ShownChain, 'family' | 'world' | 'table' | 'name'>) {
  return `${family} ${world} ${table} ${name}`;
}
