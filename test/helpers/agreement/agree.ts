/** Random rulesets and random packets, told by the model and by the kernel until enough pairs were held against each other. */
import type { System } from '../../../src/system/system.ts';
import { type Conditions, converse, type Step } from './converse.ts';
import { encodeFrame } from './frame.ts';
import type { ModelRouter } from './model-story.ts';
import { Random } from './random.ts';
import { type Opening, randomOpening } from './random-packets.ts';
import { randomRules } from './random-rules.ts';
import { isUncertain, printRules, type RandomRules, type RandomTable } from './rules.ts';
import { TOWN_LINKS, type Town, type TownFamily, type TownLink } from './town.ts';
import {
  findTraceContradiction,
  followTraces,
  MARKER_TAG,
  readHandles,
  TRACE_TABLE,
  type TraceStories,
} from './trace-story.ts';
import { forgetConnections, loadRules, readRouter } from './trial.ts';
import { onOneCpu } from './wire.ts';

export type Agreement = {
  readonly rulesets: number;
  /** Packets told by both. */
  readonly pairs: number;
  /** How they ended by the model's word: `left`, `dropped`, `unknown`, … */
  readonly ends: Readonly<Record<string, number>>;
  /** Rules that were matched, by both: by world. */
  readonly met: Readonly<Record<string, number>>;
  readonly contradictions: readonly Contradiction[];
};

export type Contradiction = { readonly seed: number; readonly text: string };

export type AgreementRequest = {
  readonly system: System;
  readonly town: Town;
  /** The first ruleset's; the next ones have those that follow. */
  readonly seed: number;
  /** Ends with the ruleset in which this many are reached. */
  readonly pairs: number;
  /** Conversations of one to three packets for each ruleset. */
  readonly conversations: number;
  /** Ends after as many contradictions. */
  readonly most?: number;
  readonly makeRules?: (seed: number) => RandomRules;
  readonly progress?: (agreement: Agreement) => void;
};

export async function seekAgreement(request: AgreementRequest): Promise<Agreement> {
  const { system, town, conversations, makeRules = randomRules } = request;
  const traces = followTraces(town);
  const ends: Record<string, number> = {};
  const met: Record<string, number> = {};
  const contradictions: Contradiction[] = [];
  let pairs = 0;
  let rulesets = 0;
  try {
    for (let seed = request.seed; pairs < request.pairs; seed += 1) {
      const rules = makeRules(seed);
      const openings = openingsFor(rules, seed, conversations);
      const trial = await tryRules({ system, town, traces }, rules, openings);
      rulesets += 1;
      for (const { model } of trial.steps) {
        pairs += 1;
        ends[model.end.kind] = (ends[model.end.kind] ?? 0) + 1;
        for (const { world, table } of model.met)
          if (table !== TRACE_TABLE) met[world] = (met[world] ?? 0) + 1;
      }
      if (trial.found) {
        const { rules: least, found } = await minimise({ system, town, traces }, rules, trial.found);
        contradictions.push({ seed, text: describe(seed, least, found) });
        if (contradictions.length >= (request.most ?? 1)) break;
      }
      request.progress?.({ rulesets, pairs, ends, met, contradictions });
    }
  } finally {
    await traces.close();
  }
  return { rulesets, pairs, ends, met, contradictions };
}

type Bench = { readonly system: System; readonly town: Town; readonly traces: TraceStories };
type Found = { readonly opening: Opening; readonly steps: readonly Step[]; readonly text: string };
type Trial = { readonly steps: readonly Step[]; readonly found?: Found };

function openingsFor(rules: RandomRules, seed: number, count: number): readonly Opening[] {
  const random = new Random(seed ^ 0x5eed);
  const families = rules.flatMap(({ family }): readonly TownFamily[] =>
    family === 'inet' ? ['ipv4', 'ipv6'] : [family === 'ip' ? 'ipv4' : 'ipv6'],
  );
  // Each conversation has three tags of its own.
  return random.times(count, (index) => randomOpening(random, random.pick(families), 1 + index * 3));
}

async function tryRules(bench: Bench, rules: RandomRules, openings: readonly Opening[]): Promise<Trial> {
  const { system, town, traces } = bench;
  loadRules(town, rules);
  const router = await readRouter(system, town);
  const handles = rules.some(({ dialect }) => dialect === 'iptables-nft') ? readHandles(town) : new Map();
  const isTraced = rules.some(({ dialect }) => dialect !== 'iptables-legacy');
  const conditions = conditionsOf(rules, router);
  const all: Step[] = [];
  for (const opening of openings) {
    const steps = onOneCpu(() => {
      forgetConnections(town);
      return converse(town, router, opening, conditions);
    });
    all.push(...steps);
    const wrong = steps.find(({ contradiction }) => contradiction !== undefined);
    const trace = isTraced
      ? await traces.of(
          steps.map(({ arrival }) => arrival.packet.tag),
          () => sendMarker(town),
        )
      : undefined;
    if (wrong?.contradiction !== undefined)
      return { steps: all, found: { opening, steps, text: wrong.contradiction } };
    for (const { model, arrival } of trace ? steps : []) {
      const text = findTraceContradiction(model, trace?.get(arrival.packet.tag) ?? [], handles);
      if (text !== undefined) return { steps: all, found: { opening, steps, text } };
    }
  }
  return { steps: all };
}

function conditionsOf(rules: RandomRules, { firewall }: ModelRouter): Conditions {
  const own = ({ hook, table, policy, chains, name }: (typeof firewall.bases)[number]) =>
    table !== TRACE_TABLE &&
    (hook === 'output' || hook === 'postrouting') &&
    (policy !== 'accept' || (chains.get(name)?.rules().length ?? 0) > 0);
  return { uncertain: isUncertain(rules), ownPacketsMeetRules: firewall.bases.some(own) };
}

function sendMarker(town: Town): void {
  const link = TOWN_LINKS[0] as TownLink;
  const random = new Random(1);
  const { packet } = randomOpening(random, 'ipv4', MARKER_TAG);
  town.wires
    .get(link.name)
    ?.send(encodeFrame({ ...packet, protocol: 17, tcpFlags: 0 }, link.far.mac, link.mac));
}

/** Leaves out tables and rules one by one, as long as the same packet is still contradicted. */
async function minimise(
  bench: Bench,
  rules: RandomRules,
  found: Found,
): Promise<{ rules: RandomRules; found: Found }> {
  let least = rules;
  let last = found;
  const tryLess = async (less: RandomRules): Promise<boolean> => {
    try {
      const trial = await tryRules(bench, less, [found.opening]);
      if (!trial.found || kindOf(trial.found.text) !== kindOf(found.text)) return false;
      least = less;
      last = trial.found;
      return true;
    } catch {
      // What cannot be loaded without the rest is no smaller ruleset.
      return false;
    }
  };
  if (!(await tryLess(rules))) return { rules, found };
  for (let at = least.length - 1; at >= 0; at -= 1) await tryLess(least.filter((_, index) => index !== at));
  for (let table = 0; table < least.length; table += 1)
    for (let chain = (least[table]?.chains.length ?? 0) - 1; chain >= 0; chain -= 1) {
      for (let rule = (least[table]?.chains[chain]?.rules.length ?? 0) - 1; rule >= 0; rule -= 1)
        await tryLess(withoutRule(least, table, chain, rule));
      await tryLess(withoutChain(least, table, chain));
    }
  for (let table = 0; table < least.length; table += 1)
    for (let at = (least[table]?.declarations.length ?? 0) - 1; at >= 0; at -= 1)
      await tryLess(
        changeTable(least, table, (one) => ({
          ...one,
          declarations: one.declarations.filter((_, index) => index !== at),
        })),
      );
  await tryLess(least);
  return { rules: least, found: last };
}

/** Contradictions that differ in names and numbers only are the same. */
function kindOf(text: string): string {
  return text.replace(/\b[a-z]*\d.*$/, '').slice(0, 40);
}

function changeTable(
  rules: RandomRules,
  at: number,
  change: (table: RandomTable) => RandomTable,
): RandomRules {
  return rules.map((table, index) => (index === at ? change(table) : table));
}

function withoutChain(rules: RandomRules, table: number, chain: number): RandomRules {
  return changeTable(rules, table, (one) => ({
    ...one,
    chains: one.chains.filter((_, index) => index !== chain),
  }));
}

function withoutRule(rules: RandomRules, table: number, chain: number, rule: number): RandomRules {
  return changeTable(rules, table, (one) => ({
    ...one,
    chains: one.chains.map((two, index) =>
      index === chain ? { ...two, rules: two.rules.filter((_, number) => number !== rule) } : two,
    ),
  }));
}

function describe(seed: number, rules: RandomRules, { steps, text }: Found): string {
  return [
    `seed ${seed}: ${text}`,
    ...steps.flatMap(({ arrival, model, kernel, contradiction }, index) => [
      `packet ${index + 1} ${arrival.link ? `in by ${arrival.link}` : 'from the router'} ${JSON.stringify(arrival.packet)}`,
      ...(arrival.known ? [`  of a connection, ${arrival.direction}: ${JSON.stringify(arrival.known)}`] : []),
      `  model: ${JSON.stringify(model.end)} at ${model.hook} ${JSON.stringify(model.packet)}`,
      ...(model.deciding ? [`  decided by ${JSON.stringify(model.deciding)}`] : []),
      ...(model.unknown.length > 0 ? [`  not known: ${model.unknown.join(' | ')}`] : []),
      ...model.met
        .filter(({ table }) => table !== TRACE_TABLE)
        .map(
          ({ world, family, table, chain, rule, matched, hook }) =>
            `  met at ${hook}: ${world} ${family} ${table} ${chain} ${rule.text} (${matched})`,
        ),
      `  kernel: ${JSON.stringify(kernel)}`,
      ...(contradiction === undefined ? [] : [`  ${contradiction}`]),
    ]),
    printRules(rules),
  ].join('\n');
}
