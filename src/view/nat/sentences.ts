/** What the rules of a namespace translate, and what they spare, as sentences in the order in which packets meet them. */
import { HOOK_ORDER, type RuleWorld } from '../../model/hook-order.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { NftFamily, NftHook } from '../../model/nftables.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ShownRule } from '../rules/chains.ts';
import { type Condition, uniteConditions } from './condition.ts';
import { type Run, type Spared, sparedBy } from './exceptions.ts';
import { asked, flatten, type Step, type Way } from './flatten.ts';
import { iptablesNatTables } from './iptables-program.ts';
import { type Names, namesOf } from './names.ts';
import { nftNatTable } from './nft-program.ts';
import { formatTranslation } from './phrase.ts';
import type { Action, NatTable } from './program.ts';
import { formatPublished } from './published.ts';
import { formatSubject } from './subject.ts';

export type Sentence = {
  readonly key: string;
  readonly world: RuleWorld;
  readonly family: NftFamily;
  readonly text: string;
  /** The rules it tells of; the first is where its row leads. */
  readonly rules: readonly ShownRule[];
  /** Processes of Docker's proxy that take what the rule leaves. */
  readonly proxies?: readonly number[];
  /** Of a translation: what it takes to know its connections. */
  readonly translation?: { readonly action: Action; readonly ways: readonly Way[] };
};

type Translating = Extract<Step, { kind: 'translate' }>;

const known = new WeakMap<Namespace, { readonly of: Snapshot; readonly sentences: readonly Sentence[] }>();

/** Made once for each reading. */
export function natSentences(snapshot: Snapshot, namespace: Namespace): readonly Sentence[] {
  const before = known.get(namespace);
  if (before?.of === snapshot) return before.sentences;
  const names = namesOf(snapshot, namespace);
  const runs = runsOf(namespace);
  const sentences = [...translationsAndExceptions(runs, namespace, names), ...cutNotes(runs)];
  known.set(namespace, { of: snapshot, sentences });
  return sentences;
}

function runsOf(namespace: Namespace): readonly Run[] {
  const tables: readonly NatTable[] = [
    ...(namespace.rulesets ?? []).flatMap((ruleset) => iptablesNatTables(namespace, ruleset)),
    ...(namespace.nftables ?? []).flatMap((table) => nftNatTable(namespace, table) ?? []),
  ];
  const bases = tables.flatMap((table) =>
    [...table.values()].flatMap(({ chain }) =>
      chain.base?.translates ? [{ table, chain, base: chain.base }] : [],
    ),
  );
  return HOOK_ORDER.flatMap((hook) =>
    bases
      .filter(({ base }) => base.hook === hook)
      .toSorted((a, b) => a.base.priority - b.base.priority)
      .map(({ table, chain }) => ({ ...flatten(table, chain, hook), base: chain, hook })),
  );
}

function translationsAndExceptions(
  runs: readonly Run[],
  namespace: Namespace,
  names: Names,
): readonly Sentence[] {
  const steps = runs.flatMap((run) => run.steps);
  const byRule = new Map<string, Translating[]>();
  for (const step of steps)
    if (step.kind === 'translate') {
      const same = byRule.get(step.rule.key);
      if (same) same.push(step);
      else byRule.set(step.rule.key, [step]);
    }
  const told = new Set<string>();
  return runs.flatMap((run) => {
    const spared = new Map(sparedBy(run, runs).map((one) => [one.steps[0], one] as const));
    return run.steps.flatMap((step): readonly Sentence[] => {
      if (step.kind !== 'translate') {
        const group = spared.get(step);
        if (!group || told.has(group.key)) return [];
        told.add(group.key);
        return [exceptionSentence(group, names)];
      }
      if (told.has(step.rule.key)) return [];
      told.add(step.rule.key);
      return translationSentences(byRule.get(step.rule.key) ?? [step], namespace, names);
    });
  });
}

/** A rule that is reached on several ways is one sentence where they ask the same, else one for each. */
function translationSentences(
  steps: readonly Translating[],
  namespace: Namespace,
  names: Names,
): readonly Sentence[] {
  const [first] = steps;
  if (!first) return [];
  const { action, rule, base } = first;
  const make = (text: string, ways: readonly Translating[], index: number): Sentence => ({
    key: `nat ${rule.key} ${index}`,
    world: base.world,
    family: base.family,
    text,
    rules: [rule],
    translation: { action, ways },
  });
  const plain = steps.map((step) => ({ ...step, conditions: asked(step) }));
  const published = formatPublished(action, plain, namespace, names);
  if (published) return [{ ...make(published.text, plain, 0), proxies: published.pids }];
  return groupWays(plain).map(({ ways, conditions }, index) => {
    const [way = first] = ways;
    const hooks = new Set(ways.map(({ hook }) => hook));
    const only = hooks.size === 1 && (way.hook === 'output' || way.hook === 'input') ? way.hook : undefined;
    const text = formatTranslation(
      { conditions, action, hook: only, isInbound: isInbound(way.hook) },
      names,
      namespace.containers.length > 0,
    );
    return make(text ?? verbatim(way), ways, index);
  });
}

type WayGroup = { readonly ways: readonly Translating[]; readonly conditions: readonly Condition[] };

/** Ways that ask the same, and at one hook those that are alike but for a link. */
function groupWays(ways: readonly Translating[]): readonly WayGroup[] {
  const groups: WayGroup[] = [];
  for (const way of ways) {
    const at = groups.findIndex((group) => joinWay(group, way) !== undefined);
    const joined = groups[at] && joinWay(groups[at], way);
    if (joined) groups[at] = joined;
    else groups.push({ ways: [way], conditions: way.conditions });
  }
  return groups;
}

function joinWay({ ways, conditions }: WayGroup, way: Translating): WayGroup | undefined {
  const all = [...ways, way];
  if (JSON.stringify(conditions) === JSON.stringify(way.conditions)) return { ways: all, conditions };
  if (ways.some(({ hook }) => hook !== way.hook)) return undefined;
  const united = uniteConditions(conditions, way.conditions);
  return united && { ways: all, conditions: united };
}

/** The rule itself, where no sentence says exactly what it does. */
function verbatim({ base, chain, rule }: Way): string {
  const where = base.name === chain.name ? chain.name : `${base.name} → ${chain.name}`;
  return `${where}: ${rule.text}`;
}

function exceptionSentence({ key, steps, conditions, isAll }: Spared, names: Names): Sentence {
  const [first] = steps;
  const hook = first?.hook === 'output' || first?.hook === 'input' ? first.hook : undefined;
  const subject = formatSubject(conditions, hook, names) ?? (first ? verbatim(first) : '');
  const what =
    first?.kind === 'drop'
      ? 'is dropped'
      : isAll
        ? `is not translated: it keeps its ${isInbound(first?.hook) ? 'destination' : 'source'}`
        : `skips translations that follow in ${first?.kind === 'return' ? first.chain.name : first?.base.name}`;
  return {
    key: `nat ${key}`,
    world: first?.base.world ?? 'nft',
    family: first?.base.family ?? 'ip',
    text: `${subject} ${what}`,
    rules: steps.map(({ rule }) => rule),
  };
}

/** The destination is translated before routing or where a packet is sent from, the source behind it. */
function isInbound(hook: NftHook | undefined): boolean {
  return hook === 'prerouting' || hook === 'output';
}

function cutNotes(runs: readonly Run[]): readonly Sentence[] {
  return runs
    .filter(({ cut }) => cut)
    .map(({ base }) => ({
      key: `nat cut ${base.key}`,
      world: base.world,
      family: base.family,
      text: `${base.name} does more than is told here: its rules are beneath`,
      rules: [],
    }));
}
