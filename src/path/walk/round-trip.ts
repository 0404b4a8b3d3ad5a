/** A flow there and back: what this host does with its first packet, and with the answer. */
import type { Flow, Hop } from '../../model/diagnosis.ts';
import type { Link } from '../../model/link.ts';
import type { MetRule } from '../../model/met-rule.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Route } from '../../model/route.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { familyOf, isPrivate } from '../prefix.ts';
import type { AskKernel } from '../route/query.ts';
import { withoutCutTables } from '../trusted-tables.ts';
import { ConnectionTable } from './connections.ts';
import type { Fault } from './fault.ts';
import { answerTo, firstPacket, portsOf } from './first-packet.ts';
import { MetRules } from './met-rules.ts';
import type { End, State, World } from './state.ts';
import { meetStranger } from './stranger.ts';
import { walk } from './walk.ts';

/** Where the flow begins: in a namespace, or outside this host, from where it comes in by a link. */
export type Origin =
  | { readonly kind: 'namespace'; readonly namespace: Namespace }
  | { readonly kind: 'outside'; readonly namespace: Namespace; readonly link: Link };

export type RoundTrip = {
  /** `undecided`: something that could not be evaluated could turn the answer, or the other end is not on this host. */
  readonly verdict: 'works' | 'broken' | 'undecided';
  readonly hops: readonly Hop[];
  /** Of the answer; empty where nothing is known to answer. */
  readonly reply: readonly Hop[];
  /** In the order in which they are met, the request's first. */
  readonly faults: readonly Fault[];
  readonly end: End;
  /** How the answer's way ends; absent where there is none. */
  readonly replyEnd?: End;
  /** The rules that the request meets, and then its answer. */
  readonly met: readonly MetRule[];
  /** Ids of namespaces whose tables would be needed and were not read. */
  readonly wanted: readonly string[];
};

export type RoundTripRequest = {
  readonly origin: Origin;
  readonly flow: Flow;
  /** The destination stands for any address of the internet. */
  readonly anywhere?: boolean;
  readonly ask?: AskKernel;
};

/** Walks the first packet of the flow, and the answer of whoever gets it. Pure but for `ask`. */
export function walkRoundTrip(read: Snapshot, { origin, flow, anywhere, ask }: RoundTripRequest): RoundTrip {
  const snapshot = withoutCutTables(read);
  const wanted = new Set<string>();
  const shared = {
    snapshot,
    connections: new ConnectionTable(),
    wanted,
    met: new MetRules(),
    ...(anywhere ? { isOutside: (one: Namespace) => leadsNowhere(one, origin, flow) } : {}),
    ...(ask ? { ask } : {}),
  };
  const request = walk({ ...shared, direction: 'request' }, startOf(snapshot, origin, flow));
  const answers = answersTo(request.end, request.relayed);
  const back: World = { ...shared, direction: 'answer' };
  const replies = answers.map((start) => walk(back, start));
  const replyEnd = replies.at(-1)?.end;
  const stranger = meetStranger(flow, replyEnd);
  const hops = [
    ...replies.flatMap((reply) => reply.hops),
    ...(stranger ? [{ ...stranger, namespace: stranger.namespace.name }] : []),
  ].map((hop, index) => ({ ...hop, n: index + 1 }));
  const faults = [...request.faults, ...replies.flatMap((reply) => reply.faults)];
  return {
    verdict: judge(request.hops, request.end, hops, replyEnd, origin),
    hops: [...entrance(origin, flow), ...request.hops].map((hop, index) => ({ ...hop, n: index + 1 })),
    reply: request.hops.some(({ verdict }) => verdict === 'drop') ? [] : hops,
    faults,
    end: request.end,
    ...(replyEnd ? { replyEnd } : {}),
    met: shared.met.all(),
    wanted: [...wanted],
  };
}

/** Where a packet from outside is seen first. */
function entrance(origin: Origin, { source }: Flow): readonly Omit<Hop, 'n'>[] {
  if (origin.kind === 'namespace') return [];
  const { namespace, link } = origin;
  const detail = `a packet from ${source} comes in by ${link.name}`;
  return [{ namespace: namespace.name, link: link.name, stage: 'link', verdict: 'pass', detail }];
}

/** A namespace beside the host and the sender that has no default route: as far as can be seen, the internet begins there. */
function leadsNowhere(
  { id, kind, routes }: Namespace,
  { namespace }: Origin,
  { destination }: Flow,
): boolean {
  const family = familyOf(destination);
  const isDefault = (route: Route) => route.family === family && route.destination === 'default';
  return kind !== 'host' && id !== namespace.id && routes !== undefined && !routes.some(isDefault);
}

function startOf({ namespaces }: Snapshot, origin: Origin, flow: Flow): State {
  // The same namespace, without what a gap says is cut.
  const namespace = namespaces.find(({ id }) => id === origin.namespace.id) ?? origin.namespace;
  if (origin.kind === 'namespace')
    return { at: 'send', namespace, packet: firstPacket(flow, portsOf(namespace)) };
  const packet = firstPacket(flow);
  return {
    at: 'frame-in',
    namespace,
    link: origin.link,
    packet: { ...packet, destinationMac: origin.link.mac },
  };
}

/** Where answers start: at the one who got the packet, and at each process that handed it on, the last first. */
function answersTo(
  end: End,
  relayed: readonly { namespace: Namespace; packet: Parameters<typeof answerTo>[0] }[],
): readonly State[] {
  const back: State[] = [];
  if (end.how === 'delivered')
    back.push({ at: 'send', namespace: end.namespace, packet: answerTo(end.packet) });
  // Whoever is out there answers to the address it saw, and a private one that is not this host's it cannot know.
  if (end.how === 'left' && isAnswerable(end)) back.push(arriving(end));
  if (end.how === 'beyond') {
    const { namespace, link, packet } = end;
    back.push({ at: 'transmit', namespace, link, packet: answerTo(packet), nextHop: packet.source });
  }
  if (back.length === 0) return back;
  for (const { namespace, packet } of relayed.toReversed())
    back.push({ at: 'send', namespace, packet: answerTo(packet) });
  return back;
}

function isAnswerable({ namespace, packet: { source } }: Extract<End, { how: 'left' }>): boolean {
  return !isPrivate(source) || (namespace.addresses ?? []).some(({ address }) => address === source);
}

function arriving({ namespace, link, packet }: Extract<End, { how: 'left' }>): State {
  return { at: 'frame-in', namespace, link, packet: { ...answerTo(packet), destinationMac: link.mac } };
}

function judge(
  there: readonly Hop[],
  end: End,
  back: readonly Hop[],
  backEnd: End | undefined,
  origin: Origin,
): RoundTrip['verdict'] {
  const all = [...there, ...back];
  const dropped = all.findIndex(({ verdict }) => verdict === 'drop');
  if (dropped >= 0) return all.slice(0, dropped).some(couldTurn) ? 'undecided' : 'broken';
  const isBack = backEnd?.how === (origin.kind === 'outside' ? 'left' : 'delivered');
  const isSure = end.how === 'delivered' && isBack && all.every(({ verdict }) => verdict === 'pass');
  return isSure ? 'works' : 'undecided';
}

/** A program may do anything with a packet; a filter that is not understood can only lose it earlier. */
function couldTurn({ verdict, stage }: Hop): boolean {
  return verdict === 'unknown' && stage !== 'netfilter';
}
