/** `localhost-misuse`: the program asks for localhost, and the service is in another container. */
import { defineCheck } from './check.ts';
import { findPeerService, findUnheard, listenerEvidence } from './listeners.ts';
import { commandIn } from './shell.ts';

export const localhostMisuse = defineCheck({
  id: 'localhost-misuse',
  title: 'localhost is the container itself, and the service is in another one',
  needs: ['sockets', 'containers'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'localhost-misuse');
    const peer = fault && findPeerService(context, fault);
    if (!peer) return undefined;
    return {
      confidence: 'likely',
      namespace: fault.namespace.name,
      subject: `${fault.packet.destination}:${fault.packet.destinationPort}`,
      evidence: [
        listenerEvidence(fault),
        {
          source: commandIn(peer, 'ss', '-ltnu'),
          value: `${peer.name} listens on port ${fault.packet.destinationPort}`,
        },
      ],
      fix: [],
      more: 'Every container has a loopback of its own: 127.0.0.1 and localhost never lead to another container or to the host. Use the name of the other container, which networks that you make yourself resolve, and the port that it listens on inside.',
    };
  },
});
