/** `route-blackhole`: a route of type blackhole, unreachable or prohibit matches (ip-route(8)). */
import { formatRoute } from '../path/route/format-route.ts';
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const routeBlackhole = defineCheck({
  id: 'route-blackhole',
  title: 'A route refuses the destination',
  needs: ['routes'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-route', ({ route }) => route !== undefined);
    if (!fault?.route) return undefined;
    const { namespace, route } = fault;
    return {
      // The best route of the tables that were read is this one, and such a route never passes a packet.
      confidence: 'proven',
      namespace: namespace.name,
      subject: formatRoute(route),
      evidence: [{ source: commandIn(namespace, 'ip', 'route', 'show'), value: formatRoute(route) }],
      fix: [commandIn(namespace, 'ip', 'route', 'del', route.type, route.destination)],
      more: 'A blackhole route drops silently, unreachable and prohibit answer with an ICMP error. VPN clients use them as a kill switch, routing daemons to keep a prefix from leaking; one that is too wide swallows other traffic.',
    };
  },
});
