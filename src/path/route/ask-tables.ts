/**
 * What the tables answer to a rule of netfilter that asks them about an address, `fib` of nftables or `rpfilter` of
 * iptables: fib_lookup() of IPv4, ip6_route_lookup() of IPv6. Policy rules are followed; ports are not part of the question.
 */
import type { Namespace } from '../../model/namespace.ts';
import type { TableAnswer, TableQuestion } from '../netfilter/surroundings.ts';
import { linkName, loopbackName, vrfOf } from './answer.ts';
import { askTableIpv4 } from './ask-table-ipv4.ts';
import { addressBits } from './bits.ts';
import { matchDeviceIpv6 } from './device-match-ipv6.ts';
import { type Fib, fibOf } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import type { FibOutcome } from './outcome.ts';

const UNKNOWN: readonly TableAnswer[] = [{ kind: 'unknown' }];

/** Every answer that is possible; at least one. */
export function askTables(namespace: Namespace, question: TableQuestion): readonly TableAnswer[] {
  const { family, link, oif, strict } = question;
  const fib = fibOf(namespace, family);
  const destination = addressBits(question.address, family);
  if (typeof fib === 'string' || destination === undefined) return UNKNOWN;
  if (vrfOf(fib, link) !== undefined || (question.dscp !== 0 && asksForDscp(fib))) return UNKNOWN;
  const device = fib.links.find(({ name }) => name === oif)?.ifindex;
  if (oif !== undefined && device === undefined) return UNKNOWN;
  const flow = flowOf(fib, question, destination);
  const { all } = followRules(fib, flow, (table) =>
    family === 'ipv4'
      ? askTableIpv4(fib, flow, table, true)
      : matchDeviceIpv6(flow, table, { ...(device === undefined ? {} : { ifindex: device }), strict }),
  );
  return all.flatMap((outcome) => answersOf(fib, outcome));
}

function flowOf(fib: Fib, question: TableQuestion, destination: bigint): Flow {
  const { family, towards, iif, oif, mark, protocol } = question;
  const source = towards === undefined ? undefined : addressBits(towards, family);
  return {
    family,
    destination,
    ...(source === undefined ? {} : { source }),
    iif: iif ?? loopbackName(fib),
    ...(oif === undefined ? {} : { oif }),
    mark,
    protocol,
    sourcePort: 0,
    destinationPort: 0,
    uid: 0,
  };
}

/** Whether rules or routes are for some traffic classes only, which are not compared here. */
function asksForDscp({ family, books, namespace }: Fib): boolean {
  return (
    books.some(({ rules }) => rules.some(({ tos = 0, dscp }) => tos !== 0 || dscp !== undefined)) ||
    (namespace.routes ?? []).some((route) => route.family === family && (route.tos ?? 0) !== 0)
  );
}

function answersOf(fib: Fib, outcome: FibOutcome): readonly TableAnswer[] {
  if (outcome.kind === 'unknown') return UNKNOWN;
  if (outcome.kind !== 'route') return [{ kind: 'none' }];
  const { route, hops } = outcome;
  const names = route.nextHops.map(({ ifindex }) => linkName(fib, ifindex));
  const links = names.filter((name) => name !== undefined);
  if (links.length < names.length) return UNKNOWN;
  // Of IPv4 every next hop of the route counts (fib_info_nh_uses_dev()), and the first one is taken.
  const taken = fib.family === 'ipv4' ? hops.slice(0, 1) : hops;
  return taken.map(({ ifindex }): TableAnswer => {
    const link = linkName(fib, ifindex);
    if (link === undefined) return { kind: 'unknown' };
    return { kind: 'route', type: route.type, link, links: fib.family === 'ipv4' ? links : [link] };
  });
}
