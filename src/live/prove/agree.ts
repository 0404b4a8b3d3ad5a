/**
 * Whether what was observed is what the walk says: a packet that it has lost at a hop was last seen just before that hop,
 * or the kernel names the very rule. Pure.
 */
import type { DecidingRule, Hop } from '../../model/diagnosis.ts';
import type { RoundTrip } from '../../path/walk/round-trip.ts';
import { ruleCounter } from './counters.ts';
import type { Proof, Sighting, TracedRule } from './proof.ts';

/** `open`: what was observed neither shows it nor speaks against it. */
export type Agreement = 'confirmed' | 'contradicted' | 'open';

/** Where the walk loses the request or its answer. */
export type Loss = {
  readonly hop: Hop;
  readonly what: 'request' | 'answer';
  /** The namespace whose process sends the packet. */
  readonly origin: string;
  /** The hop before. */
  readonly before: Hop | undefined;
  /** Nobody has routed it yet but the one who sends it. */
  readonly onFirstSegment: boolean;
  /** A process has taken the connection, and makes one of its own that no probe is part of. */
  readonly behindRelay: boolean;
};

/** Whether a process of the host takes the connection and hands on what it reads: docker-proxy. */
export function isRelayed({ hops }: Pick<RoundTrip, 'hops'>): boolean {
  // Where it cannot be told for which container it does, the walk ends with it.
  return hops.slice(0, -1).some(isTaken) || hops.at(-1)?.detail.startsWith('docker-proxy (') === true;
}

function isTaken({ stage, verdict }: Hop): boolean {
  return stage === 'deliver' && verdict !== 'drop';
}

/** Stages of a way that leads over one segment. */
const ON_SEGMENT: ReadonlySet<Hop['stage']> = new Set(['neighbour', 'link', 'bridge']);

/**
 * Rules for frames are met on the segment as well, and ARP meets them like everything else; what bridges show to rules of IP
 * (br_netfilter) and those let pass is on it too.
 */
function isOnSegment({ stage, verdict, rule }: Hop): boolean {
  if (ON_SEGMENT.has(stage) || (rule !== undefined && isFrameRule(rule))) return true;
  return stage === 'netfilter' && verdict === 'pass';
}

/** The first loss on the way there and back; undefined where the walk loses nothing. */
export function findLoss({ hops, reply }: RoundTrip): Loss | undefined {
  const lossIn = (way: readonly Hop[], what: Loss['what']): Loss | undefined => {
    const index = way.findIndex(({ verdict }) => verdict === 'drop');
    const [hop, first] = [way[index], way[0]];
    if (!hop || !first) return undefined;
    const { namespace: origin } = first;
    const onFirstSegment = way
      .slice(0, index + 1)
      .every((one) => one.namespace === origin || isOnSegment(one));
    const behindRelay = what === 'answer' ? isRelayed({ hops }) : hops.slice(0, index).some(isTaken);
    return { hop, what, origin, before: way[index - 1], onFirstSegment, behindRelay };
  };
  return lossIn(hops, 'request') ?? lossIn(reply, 'answer');
}

/** The last rule that dropped the probe or its answer, as the kernel told. */
export function tracedDrop({ traced }: Proof): TracedRule | undefined {
  return traced.findLast(({ verdict, what }) => verdict === 'drop' && what !== 'error');
}

export function agreeOn(loss: Loss, proof: Proof): Agreement {
  const { hop } = loss;
  if (loss.behindRelay) return 'open';
  const drop = tracedDrop(proof);
  if (drop) return hop.rule && isSame(hop, hop.rule, drop) ? 'confirmed' : 'contradicted';
  const placed = placeOf(loss, proof);
  if (placed !== 'confirmed') return placed;
  if (hop.stage === 'deliver' && proof.outcome.kind === 'silent') return 'contradicted';
  if (!hop.rule) return 'confirmed';
  if (isLegacy(hop)) return gainOf(hop, proof) > 0 ? 'confirmed' : 'open';
  // A rule that was traced would have been named; of other families, and where nothing was traced, the place must do.
  return proof.tracedIn.includes(hop.namespace) && !isFrameRule(hop.rule) ? 'open' : 'confirmed';
}

function isSame({ namespace }: Hop, rule: DecidingRule | 'policy', drop: TracedRule): boolean {
  if (drop.namespace !== namespace) return false;
  if (rule === 'policy') return drop.kind === 'policy';
  if (drop.kind === 'policy' || rule.chain !== drop.chain || rule.table !== drop.table) return false;
  if (rule.family !== drop.family) return false;
  if (rule.handle !== undefined) return rule.handle === drop.handle;
  return drop.number === undefined || rule.number === drop.number;
}

/** Whether the packet was last seen right before the hop. */
function placeOf(loss: Loss, { seen, tapped }: Proof): Agreement {
  const { hop, what, origin, before } = loss;
  if (!tapped.includes(hop.namespace) || !tapped.includes(origin)) return 'open';
  if (what === 'answer' && !seen.some((one) => one.what === 'request' && one.namespace === origin))
    return 'contradicted';
  const own = seen.filter((one) => one.what === what && !one.forAnother);
  const last = own.at(-1);
  // What cannot be crossed on the first segment keeps the neighbour from being found: no packet is even sent.
  if (!last) return hop.namespace === origin || loss.onFirstSegment ? 'confirmed' : 'contradicted';
  const isOnWire = hop.stage === 'link' || hop.stage === 'bridge';
  // A frame for a wrong MAC leaves, bridges may spread it, and no stack takes it.
  if (hop.stage === 'neighbour' && isTakenByNobody(own, hop)) return 'confirmed';
  if (last.namespace === hop.namespace) return last.way === 'in' || isOnWire ? 'confirmed' : 'contradicted';
  const hasJustLeft = last.way === 'out' && before?.namespace === last.namespace;
  return isOnWire && hasJustLeft ? 'confirmed' : 'contradicted';
}

function isTakenByNobody(own: readonly Sighting[], { namespace, link }: Hop): boolean {
  const left = own.findIndex((one) => one.namespace === namespace && one.link === link && one.way === 'out');
  return left >= 0 && own.slice(left).every(({ way, onPort }) => way === 'out' || onPort);
}

function isLegacy({ detail }: Hop): boolean {
  return detail.includes('(iptables-legacy)');
}

function isFrameRule(rule: DecidingRule | 'policy'): boolean {
  return rule !== 'policy' && ['bridge', 'netdev', 'arp'].includes(rule.family);
}

function gainOf({ namespace, rule }: Hop, { counters }: Proof): number {
  if (!rule || rule === 'policy')
    return counters.some((one) => one.namespace === namespace && one.name.endsWith(' policy')) ? 1 : 0;
  const name = ruleCounter(rule.table, rule.chain, rule.number);
  return counters.find((one) => one.namespace === namespace && one.name === name)?.gained ?? 0;
}

/** The sighting that shows a packet leaving with the private source that it should have lost. */
export function seenUntranslated({ faults }: RoundTrip, { seen }: Proof): Sighting | undefined {
  const fault = faults.find((one) => one.kind === 'not-translated' && one.direction === 'request');
  if (fault?.kind !== 'not-translated') return undefined;
  const { namespace, outLink, packet } = fault;
  return seen.find(
    (one) =>
      one.what === 'request' &&
      one.way === 'out' &&
      one.namespace === namespace.name &&
      one.link === outLink.name &&
      one.source === packet.source,
  );
}
