/** `route-blackhole`: a route, or a policy rule, of type blackhole, unreachable or prohibit matches (ip-route(8), ip-rule(8)). */
import { formatRoute } from '../path/route/format-route.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CauseDetails, defineCheck, findFault } from './check.ts';
import { commandIn, ipFor } from './shell.ts';

type Refused = Extract<Fault, { kind: 'no-route' }>;

const REFUSING: readonly Refused['refusal']['how'][] = ['blackhole', 'unreachable', 'prohibit'];

export const routeBlackhole = defineCheck({
  id: 'route-blackhole',
  title: 'A route refuses the destination',
  needs: ['routes', 'policyRules'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-route', ({ refusal }) => REFUSING.includes(refusal.how));
    if (!fault) return undefined;
    return {
      // The best route of the tables that were read, or the first rule that fits, is this one, and such a one never passes a packet.
      confidence: 'proven',
      namespace: fault.namespace.name,
      ...describe(fault),
      more: 'A blackhole route drops silently, unreachable and prohibit answer with an ICMP error. VPN clients use them as a kill switch, routing daemons to keep a prefix from leaking; one that is too wide swallows other traffic. A policy rule can refuse in the same way, before any table is asked.',
    };
  },
});

function describe({
  namespace,
  destination,
  refusal: { route, rule, how, detail },
}: Refused): Pick<CauseDetails, 'subject' | 'evidence' | 'fix'> {
  const ip = ipFor(destination);
  if (route) {
    const table = route.table === 'main' ? [] : ['table', route.table];
    return {
      subject: formatRoute(route),
      evidence: [
        { source: commandIn(namespace, ...ip, 'route', 'show', ...table), value: formatRoute(route) },
      ],
      fix: [commandIn(namespace, ...ip, 'route', 'del', route.type, route.destination, ...table)],
    };
  }
  if (rule)
    return {
      subject: `policy rule ${rule.priority}: ${how}`,
      evidence: [{ source: commandIn(namespace, ...ip, 'rule', 'show'), value: detail }],
      fix: [commandIn(namespace, ...ip, 'rule', 'del', 'priority', String(rule.priority))],
    };
  return {
    subject: destination,
    evidence: [{ source: commandIn(namespace, ...ip, 'route', 'get', destination), value: detail }],
    fix: [],
  };
}
