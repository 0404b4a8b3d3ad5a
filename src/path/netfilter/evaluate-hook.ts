/**
 * What a whole hook does to a packet: its base chains one after the other. An accept ends one chain only, a drop of any is
 * final; translating chains are asked for the first packet of a connection alone, and the first that translates ends them.
 */
import { placeInHook } from '../../model/hook-order.ts';
import { perhapsNotAsked } from './demands-tracking.ts';
import {
  type ChainResult,
  type Decision,
  evaluateChain,
  type MetRule,
  type Outcome,
} from './evaluate-chain.ts';
import { chainsAt, type Firewall, type HookFamily, unreadOf } from './firewall.ts';
import { hideTranslated, showAgain } from './hidden-translation.ts';
import { hookOrders, tiedChains } from './hook-orders.ts';
import { joinPackets } from './join.ts';
import { joinResults } from './join-results.ts';
import type { Packet } from './packet.ts';
import type { BaseChain, HookName, Rewrite, TableRef } from './program.ts';
import type { Surroundings } from './surroundings.ts';
import { translatePacket } from './translate-packet.ts';

/** NF_IP_PRI_CONNTRACK: chains before it see no connection yet. */
const CONNTRACK_PLACE = -200;

export type HookRequest = {
  readonly firewall: Firewall;
  readonly family: HookFamily;
  readonly hook: HookName;
  readonly packet: Packet;
  readonly around: Surroundings;
  /** Of ingress and egress. */
  readonly device?: string;
  /** What MASQUERADE takes as the source, or REDIRECT as the destination. */
  readonly own?: string;
  /** What an established connection does to its packets at this hook's place of translation. */
  readonly established?: (packet: Packet) => Packet;
  /** The translation of this hook's kind was settled before: at OUTPUT, for a packet that now comes in by `lo`. */
  readonly settled?: boolean;
};

export type HookResult = {
  /** `queue`: a program decides. */
  readonly verdict: 'accept' | 'drop' | 'reject' | 'queue' | 'unknown';
  /** As it leaves the hook, where it does. */
  readonly packet: Packet;
  /** Of a drop or reject: what decided. Of an accept: the last rule that accepted it in so many words, else nothing. */
  readonly decision?: Decision;
  readonly translation?: { readonly decision: Decision; readonly rewrite: Rewrite };
  /** The packet may have been translated, and nobody can tell to what: its addresses behind the hook are not known. */
  readonly lost: boolean;
  /** Rules that cannot be evaluated or were not read, where they could change the answer. */
  readonly unknown: readonly string[];
  /** Nobody knows which of some chains is asked first; `met` and `decision` are of the likeliest order. */
  readonly tied?: boolean;
  /** Every rule that matches, or may, in order. */
  readonly met: readonly (MetRule & TableRef)[];
};

type State = {
  packet: Packet;
  accepting?: Decision;
  translation?: HookResult['translation'];
  /** Nobody can tell which address the packet has from here on. */
  lost: boolean;
  /** As it was before the place where rules that were not read may have translated it. */
  shown?: Packet;
  readonly unknown: Set<string>;
  readonly met: (MetRule & TableRef)[];
};

export function evaluateHook(request: HookRequest): HookResult {
  const chains = chainsAt(request.firewall, request.family, request.hook, request.device);
  const [order = [], ...others] = hookOrders(chains);
  const likeliest = evaluateInOrder(request, order);
  if (others.length === 0) return likeliest;
  const results = [likeliest, ...others.map((other) => evaluateInOrder(request, other))];
  return { ...(joinResults(results, tiedChains(chains)) ?? likeliest), tied: true };
}

function evaluateInOrder(request: HookRequest, chains: readonly BaseChain[]): HookResult {
  const { firewall, family, hook } = request;
  const around: Surroundings = { ...request.around, hook };
  const tracks = hook === 'prerouting' || hook === 'output';
  const unread = unreadOf(firewall, family);
  const state: State = { packet: request.packet, lost: false, unknown: new Set(unread), met: [] };
  const tracked = request.packet.connection.state;
  // What comes in by the loopback has kept the connection that it got when it was sent (nf_conntrack_in()).
  let seen = !tracks || (hook === 'prerouting' && request.settled === true);
  if (!seen && tracked !== 'untracked') setState(state, 'none');
  // Nothing is translated where packets are forwarded.
  let established = hook === 'forward' ? undefined : request.established;
  const translates = chains.some(({ type }) => type === 'nat');
  for (const base of chains) {
    const place = placeInHook(base);
    if (!seen && place >= CONNTRACK_PLACE) {
      track(state, place === CONNTRACK_PLACE ? 'unknown' : tracked);
      seen = place > CONNTRACK_PLACE;
    }
    // A chain at the very place of translation comes before or after it, as this order says.
    const isTranslated =
      place > natPlace(hook) || (place === natPlace(hook) && (base.type === 'nat' || !translates));
    if (unread.length > 0 && isTranslated && base.type !== 'nat') hide(state, request);
    if (established && isTranslated) {
      follow(state, established);
      established = undefined;
    }
    const end =
      base.type === 'nat'
        ? translate(state, base, { ...request, around })
        : filter(state, base, evaluateChain(base, state.packet, around));
    if (end) return end;
    if (state.lost) return conclude(state, 'unknown');
  }
  if (!seen) track(state, tracked);
  if (established) follow(state, established);
  if (unread.length > 0 && isTranslatable(state.packet, family, hook)) state.lost = true;
  return conclude(state, state.unknown.size > 0 ? 'unknown' : 'accept');
}

/** One filtering chain; the answer where it ends the packet for sure. */
function filter(state: State, base: BaseChain, result: ChainResult): HookResult | undefined {
  note(state, base, result);
  const passing = result.outcomes.filter(passes);
  const [first, ...more] = passing;
  const last = result.outcomes.at(-1);
  if (!first) {
    const kinds = new Set(result.outcomes.map(({ decision }) => decision.verdict.kind));
    const [kind = 'unknown'] = kinds;
    if (kinds.size > 1 || !last || (kind !== 'drop' && kind !== 'reject' && kind !== 'queue')) {
      for (const text of result.unknown) state.unknown.add(text);
      const ends = last && [...kinds].every((one) => one === 'drop' || one === 'reject');
      return conclude(state, ends ? 'drop' : 'unknown', last?.decision);
    }
    return conclude(state, kind, last.decision);
  }
  state.packet = more.reduce((joined, { packet }) => joinPackets(joined, packet), first.packet);
  if (
    passing.length < result.outcomes.length ||
    passing.some(({ decision }) => decision.verdict.kind === 'unknown')
  ) {
    for (const text of result.unknown) state.unknown.add(text);
    if (result.unknown.length === 0) state.unknown.add(`chain ${base.name} of table ${base.table}`);
  } else if (last?.decision.rule) state.accepting = last.decision;
  return undefined;
}

/** One translating chain, for a connection that is new and not yet translated in this direction. */
function translate(
  state: State,
  base: BaseChain,
  { packet: entered, own, around, settled, firewall, family }: HookRequest,
): HookResult | undefined {
  const { connection } = state.packet;
  const done = settled || state.translation !== undefined;
  const isNew = connection.state === 'new' && connection.direction === 'original';
  if (done || (!isNew && connection.state !== 'unknown') || entered.connection.direction === 'reply')
    return undefined;
  const result = evaluateChain(base, state.packet, around);
  const kinds = new Set(result.outcomes.map(({ decision }) => decision.verdict.kind));
  const last = result.outcomes.at(-1);
  // A target that nobody can follow may translate as well.
  if (!kinds.has('nat') && !kinds.has('unknown')) {
    const isAsked = (family !== 'ip' && family !== 'ip6') || firewall.tracks?.(family) !== false;
    return filter(state, base, isAsked ? result : perhapsNotAsked(base, state.packet, result));
  }
  note(state, base, result);
  if (kinds.size > 1 || result.outcomes.length > 1 || !isNew || last?.decision.verdict.kind !== 'nat') {
    for (const text of result.unknown) state.unknown.add(text);
    if (result.unknown.length === 0) state.unknown.add(`chain ${base.name} of table ${base.table}`);
    state.lost = true;
    return undefined;
  }
  const { rewrite } = last.decision.verdict;
  const translated = last.packet.rewritten ? undefined : translatePacket(last.packet, rewrite, own);
  state.translation = { decision: last.decision, rewrite };
  if (translated) state.packet = translated;
  else {
    if (last.decision.rule) state.unknown.add(last.decision.rule.text);
    state.lost = true;
  }
  return undefined;
}

/** An established connection's translation; a packet that is not tracked has none. */
function follow(state: State, established: (packet: Packet) => Packet): void {
  const tracked = state.packet.connection.state;
  if (tracked === 'untracked') return;
  const translated = established(state.packet);
  if (tracked === 'unknown' && translated !== state.packet) {
    state.unknown.add('a rule that may take the packet away from connection tracking');
    state.lost = true;
  }
  state.packet = translated;
}

function note({ met }: State, { world, family, table }: BaseChain, result: ChainResult): void {
  for (const rule of result.met) met.push({ world, family, table, ...rule });
}

/** Once: from here on, a translation that nobody sees may have been done. */
function hide(state: State, { family, hook, settled }: HookRequest): void {
  if (state.shown || settled || !isTranslatable(state.packet, family, hook)) return;
  state.shown = state.packet;
  state.packet = hideTranslated(state.packet, hook);
}

/** Whether a rule that was not read could translate the packet here. */
function isTranslatable({ connection }: Packet, family: HookFamily, hook: HookName): boolean {
  if ((family !== 'ip' && family !== 'ip6') || hook === 'forward') return false;
  return (
    connection.direction === 'original' &&
    connection.state !== 'established' &&
    connection.state !== 'untracked'
  );
}

function passes({ decision }: Outcome): boolean {
  return decision.verdict.kind === 'accept' || decision.verdict.kind === 'unknown';
}

function natPlace(hook: HookName): number {
  return hook === 'prerouting' || hook === 'output' ? -100 : 100;
}

function setState(state: State, connectionState: Packet['connection']['state']): void {
  state.packet = { ...state.packet, connection: { ...state.packet.connection, state: connectionState } };
}

/** Connection tracking takes the packet, unless a rule before it has said otherwise. */
function track(state: State, tracked: Packet['connection']['state']): void {
  if (state.packet.connection.state !== 'none') return;
  // Which connection it is then depends on what was written into it.
  setState(state, state.packet.rewritten ? 'unknown' : tracked);
}

function conclude(state: State, verdict: HookResult['verdict'], ending?: Decision): HookResult {
  const decision = ending ?? state.accepting;
  return {
    verdict,
    packet: showAgain(state.packet, state.shown),
    lost: state.lost || state.packet.rewritten === true,
    ...(decision ? { decision } : {}),
    ...(state.translation ? { translation: state.translation } : {}),
    unknown: [...state.unknown],
    met: state.met,
  };
}
