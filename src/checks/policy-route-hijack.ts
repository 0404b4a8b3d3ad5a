/** `policy-route-hijack`: a policy rule leads the packet, or its answer, away by another table, and there it is lost (ip-rule(8)). */
import { formatRoute } from '../path/route/format-route.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { commandIn, ipFor } from './shell.ts';

export const policyRouteHijack = defineCheck({
  id: 'policy-route-hijack',
  title: 'A policy rule leads the packet away by another table',
  needs: ['policyRules', 'routes'],
  // What is wrong on the way that it must not take.
  silences: [
    'gateway-arp-failed',
    'destination-unowned',
    'no-return-route',
    'masq-missing',
    'masq-mismatch',
    'forward-policy-drop',
  ],
  evaluate: (context) => {
    const fault = findFault(context, 'diverted', (one) => isLost(context, one));
    if (!fault) return undefined;
    const { namespace, packet, rule, route, link, mainLink, direction } = fault;
    const ip = ipFor(packet.destination);
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: `policy rule ${rule.priority}, table ${route.table}`,
      evidence: [
        {
          source: commandIn(namespace, ...ip, 'rule', 'show'),
          value: `${rule.priority}: lookup ${route.table}`,
        },
        {
          source: commandIn(namespace, ...ip, 'route', 'show', 'table', route.table),
          value: formatRoute(route),
        },
        {
          source: `way of the ${direction}`,
          value: `${packet.destination} by ${link}; table main has it by ${mainLink}`,
        },
      ],
      fix: [
        commandIn(
          namespace,
          ...[...ip, 'rule', 'add', 'to', packet.destination, 'lookup', 'main'],
          ...['priority', String(Math.max(rule.priority - 1, 1))],
        ),
      ],
      more: "VPN clients, Tailscale among them, put rules before the one for table main. If their table covers the containers' subnet, answers go into the tunnel instead of back to the bridge; if it takes what containers send, that goes where no answer comes from. The host's own traffic often meets other rules and works. Let a rule before theirs send the containers' subnet to main, or stop the client from claiming it.",
    };
  },
});

/** Whether what was led away ends anywhere but where it should. */
function isLost({ walk, flow }: CheckContext, { direction }: Extract<Fault, { kind: 'diverted' }>): boolean {
  if (walk.faults.some((other) => other.direction === direction && mayFollow(other))) return true;
  return (
    direction === 'answer' && flow.source !== '' && walk.replyEnd?.how === 'left' && !isFromOutside(walk)
  );
}

/** A rule that somebody wrote drops it on any way; a policy may drop it because nobody expected it to leave by that link. */
function mayFollow(other: Fault): boolean {
  return other.kind !== 'diverted' && !(other.kind === 'filtered' && other.decision.rule);
}

function isFromOutside({ hops }: CheckContext['walk']): boolean {
  return hops[0]?.stage !== 'route' && hops[0]?.stage !== 'socket';
}
