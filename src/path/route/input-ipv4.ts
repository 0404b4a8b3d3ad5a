/** What becomes of a packet that comes in, IPv4: ip_route_input_slow() and __mkroute_input() of net/ipv4/route.c. */
import type { NextHop } from '../../model/route.ts';
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
import type { Fib } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import * as kinds from './kinds-ipv4.ts';
import type { FibOutcome } from './outcome.ts';
import { gatewayOf, HASHED } from './output-ipv4.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';
import { refuseSource } from './reverse-path.ts';
import { setting } from './settings.ts';

type RouteOutcome = Extract<FibOutcome, { kind: 'route' }>;

export function inputIpv4(fib: Fib, query: RouteQuery, flow: Flow): RouteAnswer {
  const source = flow.source ?? 0n;
  if (kinds.isMulticast(flow.destination))
    return { kind: 'unknown', why: 'which multicast groups the namespace has joined was not read' };
  const odd = refuseOdd(fib, query, source, flow.destination);
  if (odd) return odd;
  if (kinds.isLimitedBroadcast(flow.destination) || (kinds.isZero(source) && kinds.isZero(flow.destination)))
    return delivered(fib, query, flow, 'broadcast');
  const forwards = setting(fib.namespace.sysctls, 'ipv4', flow.iif, 'forwarding');
  if (forwards === undefined) return { kind: 'unknown', why: `the sysctls of ${flow.iif} were not read` };
  const outcomes = followRules(fib, flow, (table) => askTableIpv4(fib, flow, table));
  const answers = outcomes.all.flatMap((outcome) => answersFor(fib, query, flow, outcome, forwards === 1));
  return joinAnswers(answers, outcomes.why ?? HASHED);
}

/** Addresses that no table is asked about. */
function refuseOdd(
  fib: Fib,
  query: RouteQuery,
  source: bigint,
  destination: bigint,
): RouteAnswer | undefined {
  if (kinds.isMulticast(source) || kinds.isLimitedBroadcast(source))
    return martian(`${query.source} is no source address`);
  if (kinds.isLimitedBroadcast(destination) || (kinds.isZero(source) && kinds.isZero(destination)))
    return undefined;
  if (kinds.isZero(source)) return martian('a packet without a source');
  if (kinds.isZero(destination)) return martian('a packet to 0.0.0.0');
  const loopback = kinds.isLoopback(destination)
    ? query.destination
    : kinds.isLoopback(source)
      ? query.source
      : undefined;
  if (loopback === undefined) return undefined;
  const localnet = setting(fib.namespace.sysctls, 'ipv4', query.inLink ?? '', 'route_localnet');
  if (localnet === undefined)
    return { kind: 'unknown', why: `route_localnet of ${query.inLink} was not read` };
  return localnet === 1
    ? undefined
    : martian(`${loopback} must not come in by ${query.inLink} (route_localnet is 0)`);
}

function answersFor(
  fib: Fib,
  query: RouteQuery,
  flow: Flow,
  outcome: FibOutcome,
  forwards: boolean,
): readonly RouteAnswer[] {
  if (outcome.kind === 'unknown') return [outcome];
  if (outcome.kind !== 'route') return [forwards ? refusedAnswer(outcome) : forwardingOff(flow)];
  const { route } = outcome;
  if (route.type === 'broadcast') {
    if (setting(fib.namespace.sysctls, 'ipv4', flow.iif, 'bc_forwarding') === 1)
      return [{ kind: 'unknown', why: 'broadcasts are forwarded (bc_forwarding)' }];
    return [delivered(fib, query, flow, 'broadcast', outcome)];
  }
  if (route.type === 'local') return [delivered(fib, query, flow, 'local', outcome)];
  if (!forwards) return [forwardingOff(flow, outcome)];
  if (route.type !== 'unicast')
    return [martian(`${query.destination} is a ${route.type} address here`, outcome)];
  if (isWrapped(route)) return [{ kind: 'unknown', why: 'the route wraps packets' }];
  return outcome.hops.map((hop) => forwarded(fib, query, flow, outcome, hop));
}

function forwardingOff(flow: Flow, outcome?: RouteOutcome): RouteAnswer {
  const detail = `forwarding of ${flow.iif} is 0, and the packet is for somebody else`;
  return { kind: 'refused', how: 'forwarding-off', detail, ...(outcome ? { route: outcome.route } : {}) };
}

function delivered(
  fib: Fib,
  query: RouteQuery,
  flow: Flow,
  type: 'local' | 'broadcast',
  outcome?: RouteOutcome,
): RouteAnswer {
  const { source = 0n } = flow;
  const asked = {
    flow,
    source,
    sourceText: query.source ?? '0.0.0.0',
    ...(type === 'local' ? { destination: flow.destination } : {}),
  };
  const refusal = type === 'broadcast' && kinds.isZero(source) ? undefined : refuseSource(fib, asked);
  if (refusal) return withRoute(refusal, outcome);
  return { kind: 'found', type, link: loopbackName(fib), ...(outcome ? routeParts(outcome) : {}) };
}

function forwarded(
  fib: Fib,
  query: RouteQuery,
  flow: Flow,
  outcome: RouteOutcome,
  hop: NextHop,
): RouteAnswer {
  const link = linkName(fib, hop.ifindex);
  if (link === undefined) return { kind: 'unknown', why: `link ${hop.ifindex} was not read` };
  const { source = 0n, destination } = flow;
  const asked = { flow, source, sourceText: query.source ?? '0.0.0.0', destination, out: link };
  const refusal = refuseSource(fib, asked);
  if (refusal) return withRoute(refusal, outcome);
  const gateway = gatewayOf(fib, hop);
  return { kind: 'found', type: 'unicast', link, ...gateway, ...routeParts(outcome) };
}

function withRoute(refusal: RouteAnswer, outcome: RouteOutcome | undefined): RouteAnswer {
  if (refusal.kind !== 'refused' || !outcome) return refusal;
  return { ...refusal, route: outcome.route, ...(outcome.rule ? { rule: outcome.rule } : {}) };
}
