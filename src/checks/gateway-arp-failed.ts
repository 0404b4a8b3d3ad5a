/** `gateway-arp-failed`: nobody has the address of the host's own gateway, or the neighbour table has a wrong MAC for it. */

import { formatRoute } from '../path/route/format-route.ts';
import { defineCheck } from './check.ts';
import { routeVia } from './gateways.ts';
import { commandIn, ipFor } from './shell.ts';
import { findWrong, isUplinkGateway, wrongNeighbour } from './stale-arp.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

const MORE =
  "Everything that leaves the host goes through its gateway, and for that its MAC must be known. A gateway that does not answer, is gone, or is in the neighbour table with a MAC that it does not have, cuts off the host and all containers alike. Look at the uplink and the gateway's address; no container is at fault.";

export const gatewayArpFailed = defineCheck({
  id: 'gateway-arp-failed',
  title: "The host's gateway does not answer",
  needs: ['neighbours', 'routes', 'links'],
  evaluate: (context) => {
    const wrong = findWrong(context, isUplinkGateway);
    if (wrong) return wrongNeighbour(wrong, MORE);
    const fault = findUnowned(context, 'gateway-arp-failed');
    if (!fault) return undefined;
    const { namespace, link, address } = fault;
    const route = routeVia(namespace, link, address);
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: `${address} on ${link.name}`,
      evidence: [
        silenceEvidence(fault),
        ...(route
          ? [{ source: commandIn(namespace, ...ipFor(address), 'route', 'show'), value: formatRoute(route) }]
          : []),
      ],
      fix: [],
      more: MORE,
    };
  },
});
