/** One ruleset, and some conversations through it: the steps of all, up to the first that the kernel contradicts. */
import type { System } from '../../../src/system/system.ts';
import { type Conditions, converse, type Step } from './converse.ts';
import { encodeFrame } from './frame.ts';
import type { ModelRouter } from './model-story.ts';
import { Random } from './random.ts';
import { type Opening, randomOpening } from './random-packets.ts';
import { isUncertain, type RandomRules } from './rules.ts';
import { TOWN_LINKS, type Town, type TownLink } from './town.ts';
import {
  findTraceContradiction,
  MARKER_TAG,
  readHandles,
  TRACE_TABLE,
  type TraceStories,
} from './trace-story.ts';
import { forgetConnections, loadRules, readRouter } from './trial.ts';
import { onOneCpu } from './wire.ts';

export type Bench = { readonly system: System; readonly town: Town; readonly traces: TraceStories };
export type Found = { readonly opening: Opening; readonly steps: readonly Step[]; readonly text: string };
export type Trial = { readonly steps: readonly Step[]; readonly found?: Found };

export async function tryRules(
  bench: Bench,
  rules: RandomRules,
  openings: readonly Opening[],
): Promise<Trial> {
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
