/** Where an IPv6 packet goes: ip6_route_output_flags(), ip6_route_input() and ip6_pol_route() of net/ipv6/route.c, and the checks of ip6_rcv_core() and ip6_forward(). */
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
import { askTableIpv6, type Preferring } from './ask-table-ipv6.ts';
import type { Fib } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import * as kinds from './kinds-ipv6.ts';
import type { FibOutcome, Outcomes } from './outcome.ts';
import { HASHED } from './output-ipv4.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';
import { setting } from './settings.ts';
import { sourceOfRouteIpv6 } from './source-ipv6.ts';

export function outputIpv6(fib: Fib, query: RouteQuery, flow: Flow): RouteAnswer {
  const out = fib.links.find(({ name }) => name === query.outLink);
  if (query.outLink !== undefined && !out)
    return { kind: 'unknown', why: `there is no link ${query.outLink}` };
  const strict = out !== undefined || kinds.isNearby(flow.destination);
  const outcomes = ask(fib, flow, { ...(out ? { ifindex: out.ifindex } : {}), strict });
  return joined(fib, query, flow, outcomes);
}

export function inputIpv6(fib: Fib, query: RouteQuery, flow: Flow): RouteAnswer {
  const inLink = fib.links.find(({ name }) => name === query.inLink);
  if (!inLink) return { kind: 'unknown', why: `there is no link ${query.inLink}` };
  const odd = refuseOdd(query, flow, inLink.kind === 'loopback');
  if (odd) return odd;
  const outcomes = ask(fib, flow, { ifindex: inLink.ifindex, strict: kinds.isNearby(flow.destination) });
  const answer = joined(fib, query, flow, outcomes);
  if (answer.kind !== 'found' || answer.type !== 'unicast') return answer;
  return refuseForwarding(fib, query, flow) ?? answer;
}

/** ip6_rcv_core() */
function refuseOdd(
  { source, destination, inLink }: RouteQuery,
  flow: Flow,
  fromLoopback: boolean,
): RouteAnswer | undefined {
  if (flow.source !== undefined && kinds.isMulticast(flow.source))
    return martian(`${source} is no source address`);
  if (fromLoopback) return undefined;
  const isLoopback = [flow.source, flow.destination].some(
    (one) => one !== undefined && kinds.isLoopback(one),
  );
  if (isLoopback) return martian(`::1 must not come in by ${inLink}`);
  const ownOnly = kinds.isMulticast(flow.destination) && kinds.scopeOf(flow.destination) === 1;
  return ownOnly ? martian(`${destination} never leaves its node`) : undefined;
}

/** ip6_forward() */
function refuseForwarding(
  fib: Fib,
  { source, inLink = '' }: RouteQuery,
  flow: Flow,
): RouteAnswer | undefined {
  const forwards = setting(fib.namespace.sysctls, 'ipv6', inLink, 'forwarding');
  if (forwards === undefined) return { kind: 'unknown', why: `the sysctls of ${inLink} were not read` };
  if (forwards === 0) {
    const detail = `IPv6 forwarding is 0, and the packet is for somebody else`;
    return { kind: 'refused', how: 'forwarding-off', detail };
  }
  if (flow.source === undefined || flow.source === 0n) return martian('a packet without a source');
  return kinds.isNearby(flow.source)
    ? martian(`${source} is not forwarded: it is known on one link only`)
    : undefined;
}

/** A namespace that does not forward is a host, and looks whether its gateways answer. */
function ask(fib: Fib, flow: Flow, preferring: Omit<Preferring, 'gateways'>): Outcomes {
  const { sysctls, neighbours } = fib.namespace;
  const asked = (gateways: Preferring['gateways']) =>
    followRules(fib, flow, (table) => askTableIpv6(fib, flow, table, { ...preferring, gateways }));
  const forwards = sysctls?.['ipv6/conf/all/forwarding'];
  if (forwards !== undefined && forwards !== '0') return asked('all-count');
  if (forwards !== undefined && neighbours) return asked('not-failed');
  const [best, worst] = [asked('all-count'), asked('none-answers')];
  return { all: [...best.all, ...worst.all], why: best.why ?? 'whether the gateways answer' };
}

function joined(fib: Fib, query: RouteQuery, flow: Flow, { all, why = HASHED }: Outcomes): RouteAnswer {
  return joinAnswers(
    all.flatMap((outcome) => answersFor(fib, query, flow, outcome)),
    why,
  );
}

function answersFor(fib: Fib, query: RouteQuery, flow: Flow, outcome: FibOutcome): readonly RouteAnswer[] {
  if (outcome.kind === 'unknown') return [outcome];
  if (outcome.kind !== 'route') return [refusedAnswer(outcome)];
  if (isWrapped(outcome.route)) return [{ kind: 'unknown', why: 'the route wraps packets' }];
  return outcome.hops.map((hop) => along(fib, query, flow, outcome, hop));
}

function along(
  fib: Fib,
  query: RouteQuery,
  flow: Flow,
  outcome: Extract<FibOutcome, { kind: 'route' }>,
  hop: NextHop,
): RouteAnswer {
  const { route } = outcome;
  const here = route.type === 'local' || route.type === 'anycast';
  const link = here ? loopbackName(fib) : linkName(fib, hop.ifindex);
  if (link === undefined) return { kind: 'unknown', why: `link ${hop.ifindex} was not read` };
  const chooses = query.source === undefined && query.inLink === undefined;
  const source = chooses ? sourceOfRouteIpv6(fib, route, hop, flow.destination) : {};
  const type = here ? 'local' : kinds.isMulticast(flow.destination) ? 'multicast' : 'unicast';
  const gateway = hop.gateway === undefined ? {} : { gateway: hop.gateway };
  const whole = { kind: 'found', type, link, ...gateway, ...source, ...routeParts(outcome) } as const;
  if (hop === route.nextHops[0]) return whole;
  // Each of several next hops is a route of its own, and netlink tells what the first one says.
  const { mtu: _mtu, ...bare } = whole;
  return bare;
}
