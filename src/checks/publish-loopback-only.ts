/** `publish-loopback-only`: the port is published at 127.0.0.1 of the host, and asked for at another address. By design. */
import { defineCheck } from './check.ts';
import { findPublished, findUnheard, listenerEvidence } from './listeners.ts';
import { shellCommand } from './shell.ts';

export const publishLoopbackOnly = defineCheck({
  id: 'publish-loopback-only',
  title: "The port is published at the host's loopback address only, by design",
  needs: ['sockets', 'containers'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'publish-loopback-only');
    const port = fault && findPublished(context, fault);
    if (!port) return undefined;
    return {
      confidence: 'likely',
      namespace: fault.namespace.name,
      subject: `${port.hostAddress}:${port.hostPort}`,
      evidence: [
        {
          source: shellCommand('docker', 'port', port.container),
          value: `${port.containerPort}/${port.protocol} -> ${port.hostAddress}:${port.hostPort}`,
        },
        listenerEvidence(fault),
      ],
      fix: [],
      more: 'This is by design: -p 127.0.0.1:HOST:CONTAINER serves the host itself and nobody else, which is how databases are kept off the network. At any other address of the host the port is closed. Publish it without the address, or with the one that others use, if it is meant for them.',
      byDesign: true,
    };
  },
});
