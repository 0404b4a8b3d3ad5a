/** `svc-listens-loopback`: the program listens on 127.0.0.1 or ::1 alone, which nobody outside its namespace can reach (bind(2)). */
import { defineCheck } from './check.ts';
import { findUnheard, listenerEvidence } from './listeners.ts';

export const svcListensLoopback = defineCheck({
  id: 'svc-listens-loopback',
  title: 'The service listens on the loopback address only',
  needs: ['sockets'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'svc-listens-loopback');
    return (
      fault && {
        // The list of sockets was read: the kernel gives the packet to none of them.
        confidence: 'proven',
        namespace: fault.namespace.name,
        subject: String(fault.packet.destinationPort),
        evidence: [listenerEvidence(fault)],
        fix: [],
        more: "A program that binds 127.0.0.1 is reached from inside its own network namespace alone. In a container that means from nowhere else: the packet arrives at the container's address, and the kernel answers with a reset. Many servers do this by default; tell it to listen on 0.0.0.0 or :: (a --host or bind option).",
      }
    );
  },
});
