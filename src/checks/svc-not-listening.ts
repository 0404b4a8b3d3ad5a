/** `svc-not-listening`: the packet arrives, and no socket is bound to its port (listen(2)). */
import { defineCheck } from './check.ts';
import { findUnheard, listenerEvidence } from './listeners.ts';

export const svcNotListening = defineCheck({
  id: 'svc-not-listening',
  title: 'Nothing listens on the port',
  needs: ['sockets'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'svc-not-listening');
    return (
      fault && {
        // The list of sockets was read: the kernel gives the packet to none of them.
        confidence: 'proven',
        namespace: fault.namespace.name,
        subject: String(fault.packet.destinationPort),
        evidence: [listenerEvidence(fault)],
        fix: [],
        more: 'The network is healthy: the packet reaches the namespace, and the kernel answers with a reset (connection refused), or port unreachable for UDP. The program has not started yet, has crashed, listens on another port, or for the other family of addresses. Look at its log and at what ss shows there.',
      }
    );
  },
});
