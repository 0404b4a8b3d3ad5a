/** `ctr-wrong-gateway`: the sender's route leads to a gateway that nobody on its network is. */

import { formatRoute } from '../path/route/format-route.ts';
import { type CauseDetails, type CheckContext, defineCheck, findFault } from './check.ts';
import { mayForward, routeVia } from './gateways.ts';
import { commandIn, ipFor, sysctlOf } from './shell.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

const MORE =
  'A gateway is reached on the link itself: somebody there must have its address and answer for it. Containers get theirs from one of their networks; a route that an entrypoint has written, an internal or macvlan network without a router, or a gateway that was renumbered leaves a route to nobody. Programs wait and then see a timeout or no route to host. Another container is a gateway only if forwarding is on inside it: otherwise it takes the packet and drops it without a word.';

export const ctrWrongGateway = defineCheck({
  id: 'ctr-wrong-gateway',
  title: 'The route leads to a gateway that does not exist',
  needs: ['routes', 'addresses', 'links'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'ctr-wrong-gateway');
    if (!fault) return throughContainer(context);
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
      more: MORE,
    };
  },
});

/** The gateway is another container, which does not pass on what is not for itself. */
function throughContainer(context: CheckContext): CauseDetails | undefined {
  const fault = findFault(
    context,
    'forwarding-off',
    ({ namespace, direction }) => !mayForward(namespace) && direction === 'request',
  );
  if (!fault) return undefined;
  const { namespace, link, family } = fault;
  const { from } = context;
  return {
    confidence: 'likely',
    namespace: from.name,
    subject: `${namespace.name}/${link.name}`,
    evidence: [
      {
        source: commandIn(namespace, 'sysctl', sysctlOf(family, link.name, 'forwarding')),
        value: `0: ${namespace.name} gets the packet and does not pass it on`,
      },
    ],
    fix: [],
    more: MORE,
  };
}
