/** Where a packet of the namespace itself goes, IPv4: ip_route_output_key_hash_rcu() and __mkroute_output() of net/ipv4/route.c. */
import type { NextHop, Route } from '../../model/route.ts';
import { localType } from './address-type.ts';
import {
  isWrapped,
  joinAnswers,
  linkName,
  loopbackName,
  martian,
  refusedAnswer,
  routeParts,
} from './answer.ts';
import { askTableIpv4 } from './ask-table-ipv4.ts';
import { addressBits, parsePrefix } from './bits.ts';
import type { Fib } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import * as kinds from './kinds-ipv4.ts';
import type { FibOutcome } from './outcome.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';
import { setting } from './settings.ts';
import { type ChosenSource, SCOPE, selectAddress, sourceOfRoute } from './source-ipv4.ts';

/** Of 224.0.0.0/4: a shorter prefix was not meant for multicasts, and its gateway is not used for them. */
const MULTICAST_LENGTH = 4;
export const HASHED = 'the route has several next hops, and the kernel chooses by a hash of the flow';

export function outputIpv4(fib: Fib, query: RouteQuery, flow: Flow): RouteAnswer {
  const { destination, source: own } = flow;
  if (own !== undefined) {
    const refusal = refuseSource(fib, query, own);
    if (refusal) return refusal;
    const undirected = query.outLink === undefined;
    if (undirected && (kinds.isMulticast(destination) || kinds.isLimitedBroadcast(destination)))
      return byOwnAddress(fib, query, flow);
  }
  if (query.outLink !== undefined) {
    const out = fib.links.find(({ name }) => name === query.outLink);
    if (!out) return { kind: 'unknown', why: `there is no link ${query.outLink}` };
    if (!out.adminUp) return { kind: 'refused', how: 'none', detail: `${out.name} is not up` };
    if (kinds.isLocalMulticast(destination) || kinds.isLimitedBroadcast(destination))
      return directly(fib, query, flow, out.ifindex, selected(fib, query, out.ifindex));
  }
  if (kinds.isZero(destination)) return toItself(fib, query);
  const chosen = chosenBefore(fib, query, flow);
  const source = chosen?.source === undefined ? undefined : addressBits(chosen.source, 'ipv4');
  const sent = source === undefined ? flow : { ...flow, source };
  const outcomes = followRules(fib, sent, (table) => askTableIpv4(fib, sent, table));
  const answers = outcomes.all.flatMap((outcome) => answersFor(fib, query, sent, outcome));
  const answer = joinAnswers(answers, outcomes.why ?? HASHED);
  return chosen && answer.kind === 'found' ? { ...answer, ...chosen } : answer;
}

/** Bound to a link, and to a multicast: the link's address is taken before a table is asked. */
function chosenBefore(fib: Fib, query: RouteQuery, flow: Flow): ChosenSource | undefined {
  if (query.outLink === undefined || query.source !== undefined) return undefined;
  if (!kinds.isMulticast(flow.destination)) return undefined;
  const out = fib.links.find(({ name }) => name === query.outLink);
  const chosen = selectAddress(fib, out?.ifindex, SCOPE.global);
  return chosen.source === undefined && chosen.sourceUnknown === undefined ? undefined : chosen;
}

/** 0.0.0.0 stands for the sender itself. */
function toItself(fib: Fib, { source, outLink }: RouteQuery): RouteAnswer {
  if (outLink !== undefined) return { kind: 'unknown', why: `0.0.0.0, asked of ${outLink}` };
  const chosen = source === undefined ? { source: '127.0.0.1' } : {};
  return { kind: 'found', type: 'local', link: loopbackName(fib), ...chosen };
}

function refuseSource(fib: Fib, { source = '' }: RouteQuery, own: bigint): RouteAnswer | undefined {
  if (kinds.isMulticast(own) || kinds.isLimitedBroadcast(own) || kinds.isZero(own))
    return martian(`${source} is no source address`);
  // __ip_dev_find(): an address, or anything else that is local.
  if ((fib.namespace.addresses ?? []).some(({ address }) => address === source)) return undefined;
  const type = localType(fib, own);
  if (type === 'unknown')
    return { kind: 'unknown', why: `whether ${source} is an address of this namespace` };
  return type === 'local' ? undefined : martian(`${source} is no address of this namespace`);
}

/** A multicast is sent by the link that has the source. */
function byOwnAddress(fib: Fib, query: RouteQuery, flow: Flow): RouteAnswer {
  const holders = (fib.namespace.addresses ?? []).filter(({ address }) => address === query.source);
  const [holder] = holders;
  if (!holder || holders.length > 1)
    return { kind: 'unknown', why: `which link has ${query.source}, by which a multicast is sent` };
  return directly(fib, query, flow, holder.ifindex, {});
}

/** Without asking any table: to whoever is on that link. */
function directly(
  fib: Fib,
  query: RouteQuery,
  flow: Flow,
  ifindex: number,
  source: ChosenSource,
): RouteAnswer {
  const link = linkName(fib, ifindex);
  if (link === undefined) return { kind: 'unknown', why: `link ${ifindex} was not read` };
  return checked(fib, query, { kind: 'found', type: typeOf(flow.destination, 'unicast'), link, ...source });
}

function selected(fib: Fib, { source }: RouteQuery, ifindex: number | undefined): ChosenSource {
  return source === undefined ? selectAddress(fib, ifindex, SCOPE.link) : {};
}

function answersFor(fib: Fib, query: RouteQuery, flow: Flow, outcome: FibOutcome): readonly RouteAnswer[] {
  if (outcome.kind === 'unknown') return [{ kind: 'unknown', why: outcome.why }];
  if (outcome.kind !== 'route') {
    const out = fib.links.find(({ name }) => name === query.outLink);
    // 'Apparently, routing tables are wrong': who names the link is believed, whatever they say.
    if (out) return [directly(fib, query, flow, out.ifindex, selected(fib, query, out.ifindex))];
    return [refusedAnswer(outcome)];
  }
  if (isWrapped(outcome.route)) return [{ kind: 'unknown', why: 'the route wraps packets' }];
  const ways = [
    ...outcome.hops.map((hop) => ({ ...outcome, hop })),
    ...(query.outLink === undefined ? (outcome.rivals ?? []) : []).flatMap((route) =>
      route.nextHops.slice(0, 1).map((hop) => ({ ...outcome, route, hop })),
    ),
  ];
  return ways.map(({ hop, ...way }) => checked(fib, query, along(fib, query, flow, way, hop)));
}

type RouteOutcome = Extract<FibOutcome, { kind: 'route' }>;

function along(fib: Fib, query: RouteQuery, flow: Flow, outcome: RouteOutcome, hop: NextHop): RouteAnswer {
  const { route } = outcome;
  if (route.type === 'local' || route.type === 'anycast') {
    const source = query.source === undefined ? { source: route.source ?? query.destination } : {};
    const type = typeOf(flow.destination, 'local');
    return { kind: 'found', type, link: loopbackName(fib), ...source, ...routeParts(outcome) };
  }
  const link = linkName(fib, hop.ifindex);
  if (link === undefined) return { kind: 'unknown', why: `link ${hop.ifindex} was not read` };
  const source = query.source === undefined ? sourceOfRoute(fib, route, hop) : {};
  const type = typeOf(flow.destination, route.type === 'broadcast' ? 'broadcast' : 'unicast');
  const whole = { kind: 'found', type, link, ...source, ...routeParts(outcome) } as const;
  if (!leavesRouteOut(flow.destination, type, route)) return { ...whole, ...gatewayOf(fib, hop) };
  const { mtu: _mtu, ...bare } = whole;
  return bare;
}

/** The route only says by which link a broadcast leaves, or a multicast for which it was not meant. */
function leavesRouteOut(destination: bigint, type: string, route: Route): boolean {
  if (kinds.isLimitedBroadcast(destination)) return true;
  return type === 'multicast' && (parsePrefix(route.destination, 'ipv4')?.length ?? 0) < MULTICAST_LENGTH;
}

/** A gateway that is an address of the namespace itself leads nowhere else (RT_SCOPE_HOST), and is left out. */
export function gatewayOf(fib: Fib, { gateway }: NextHop): { readonly gateway?: string } {
  if (gateway === undefined) return {};
  return (fib.namespace.addresses ?? []).some(({ address }) => address === gateway) ? {} : { gateway };
}

function typeOf(
  destination: bigint,
  type: 'unicast' | 'broadcast' | 'local',
): 'unicast' | 'broadcast' | 'multicast' | 'local' {
  if (kinds.isLimitedBroadcast(destination)) return 'broadcast';
  return kinds.isMulticast(destination) ? 'multicast' : type;
}

/** A loopback address leaves by no other link, unless it is told to. */
function checked(fib: Fib, query: RouteQuery, answer: RouteAnswer): RouteAnswer {
  if (answer.kind !== 'found') return answer;
  const source = query.source ?? answer.source;
  const link = fib.links.find(({ name }) => name === answer.link);
  if (source === undefined || !kinds.isLoopback(source) || link?.kind === 'loopback') return answer;
  const localnet = setting(fib.namespace.sysctls, 'ipv4', answer.link, 'route_localnet');
  if (localnet === undefined)
    return { kind: 'unknown', why: `route_localnet of ${answer.link} was not read` };
  return localnet === 1
    ? answer
    : martian(`${source} must not leave by ${answer.link} (route_localnet is 0)`);
}
