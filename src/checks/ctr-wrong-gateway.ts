/** `ctr-wrong-gateway`: the sender's route leads to a gateway that nobody on its network is. */

import { formatRoute } from '../path/route/format-route.ts';
import { defineCheck } from './check.ts';
import { routeVia } from './gateways.ts';
import { commandIn, ipFor } from './shell.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

export const ctrWrongGateway = defineCheck({
  id: 'ctr-wrong-gateway',
  title: 'The route leads to a gateway that does not exist',
  needs: ['routes', 'addresses', 'links'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'ctr-wrong-gateway');
    if (!fault) return undefined;
    const { namespace, link, address } = fault;
    const route = routeVia(namespace, link, address);
    const right = namespace.containers
      .flatMap(({ endpoints }) => endpoints)
      .find(({ gateway }) => gateway !== undefined && gateway !== '' && gateway !== address)?.gateway;
    return {
      // Every link of the network was seen, and none of their namespaces has the address.
      confidence: 'proven',
      namespace: namespace.name,
      subject: address,
      evidence: [
        ...(route
          ? [{ source: commandIn(namespace, ...ipFor(address), 'route', 'show'), value: formatRoute(route) }]
          : []),
        silenceEvidence(fault),
      ],
      fix:
        right === undefined
          ? []
          : [commandIn(namespace, ...ipFor(right), 'route', 'replace', 'default', 'via', right)],
      more: 'A gateway is reached on the link itself: somebody there must have its address and answer for it. Containers get theirs from one of their networks; a route that an entrypoint has written, an internal or macvlan network without a router, or a gateway that was renumbered leaves a route to nobody. Programs wait and then see a timeout or no route to host.',
    };
  },
});
