/** `destination-unowned`: the destination is asked for on the right link, and nobody there has it. */
import { defineCheck } from './check.ts';
import { commandIn, ipFor } from './shell.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

export const destinationUnowned = defineCheck({
  id: 'destination-unowned',
  title: 'Nobody on the network has the address',
  needs: ['links', 'addresses', 'routes'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'destination-unowned');
    if (!fault) return undefined;
    const { namespace, link, address } = fault;
    return {
      // Every link of the network was seen, and none of their namespaces has the address.
      confidence: 'proven',
      namespace: namespace.name,
      subject: address,
      evidence: [
        {
          source: commandIn(namespace, ...ipFor(address), 'route', 'get', address),
          value: `on ${link.name} itself`,
        },
        silenceEvidence(fault),
      ],
      fix: [],
      more: 'The route is right: the address belongs to the network of that link, and ARP asks there who has it. Nobody does. A container that stopped or came back with another address, a typing error, or a prefix that is too wide, so that a remote address looks like a neighbour, are the usual reasons. After about three seconds programs see no route to host.',
    };
  },
});
