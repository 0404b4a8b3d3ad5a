/** From what is possible to one answer: definite where all that is possible comes to the same. */
import type { Route } from '../../model/route.ts';
import type { Fib } from './fib.ts';
import type { FibOutcome } from './outcome.ts';
import type { RouteAnswer } from './query.ts';

type Found = Extract<RouteAnswer, { kind: 'found' }>;

/** The first answer, where all are the same in what happens to the packet. `why`: what is not known where they differ. */
export function joinAnswers(answers: readonly RouteAnswer[], why: string): RouteAnswer {
  const [first] = answers;
  if (!first) return { kind: 'unknown', why };
  const unknown = answers.find(({ kind }) => kind === 'unknown');
  if (unknown) return unknown;
  return answers.every((answer) => sameFate(first, answer)) ? first : { kind: 'unknown', why };
}

function sameFate(left: RouteAnswer, right: RouteAnswer): boolean {
  if (left.kind === 'refused') return right.kind === 'refused' && left.how === right.how;
  return (
    left.kind === 'found' &&
    right.kind === 'found' &&
    left.type === right.type &&
    left.link === right.link &&
    left.gateway === right.gateway &&
    left.source === right.source &&
    left.sourceUnknown === right.sourceUnknown &&
    left.mtu === right.mtu
  );
}

/** The answer for an outcome that leads nowhere. */
export function refusedAnswer(outcome: Extract<FibOutcome, { kind: 'refused' | 'none' }>): RouteAnswer {
  if (outcome.kind === 'none') return { kind: 'refused', how: 'none', detail: 'no table has a route to it' };
  const { how, route, rule } = outcome;
  const by = route
    ? `the route to ${route.destination} in table ${route.table}`
    : `policy rule ${rule?.priority}`;
  return {
    kind: 'refused',
    how,
    detail: `${by} is ${how}`,
    ...(route ? { route } : {}),
    ...(rule ? { rule } : {}),
  };
}

/** What a route says beside where it leads. */
export function routeParts({
  route,
  rule,
}: Extract<FibOutcome, { kind: 'route' }>): Pick<Found, 'table' | 'mtu' | 'route' | 'rule'> {
  const { table, mtu } = route;
  return { table, ...(mtu === undefined ? {} : { mtu }), route, ...(rule ? { rule } : {}) };
}

export function martian(detail: string, outcome?: Extract<FibOutcome, { kind: 'route' }>): RouteAnswer {
  return {
    kind: 'refused',
    how: 'martian',
    detail,
    ...(outcome ? { route: outcome.route } : {}),
    ...(outcome?.rule ? { rule: outcome.rule } : {}),
  };
}

/** Packets on such a route are wrapped, and where that leads is not looked at. */
export function isWrapped(route: Route): boolean {
  return (
    route.encapsulation !== undefined ||
    route.nextHops.some(({ encapsulation }) => encapsulation !== undefined)
  );
}

/** The name of a link, or undefined where there is none of that number. */
export function linkName({ links }: Fib, ifindex: number | undefined): string | undefined {
  return links.find((link) => link.ifindex === ifindex)?.name;
}

/** Where packets that are delivered here seem to come from. */
export function loopbackName({ links }: Fib): string {
  return links.find(({ kind }) => kind === 'loopback')?.name ?? 'lo';
}

/** Why a link's lookups cannot be followed: a VRF has tables of its own. */
export function vrfOf({ links }: Fib, name: string | undefined): string | undefined {
  const link = links.find((one) => one.name === name);
  const master = links.find(({ ifindex }) => ifindex === link?.master?.ifindex);
  const vrf = [link, master].find((one) => one?.kind === 'vrf');
  return vrf && `${name} belongs to the VRF ${vrf.name}`;
}
