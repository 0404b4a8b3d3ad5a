/** `dnat-missing`: a container's published port reaches the host, no rule translates it, and no docker-proxy serves it. */
import { defineCheck } from './check.ts';
import { findPublished, findUnheard, listenerEvidence } from './listeners.ts';
import { commandIn, iptablesTool, shellCommand } from './shell.ts';

export const dnatMissing = defineCheck({
  id: 'dnat-missing',
  title: 'No rule leads the published port to its container',
  needs: ['sockets', 'containers', 'rulesets'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'dnat-missing');
    const port = fault && findPublished(context, fault);
    if (!port) return undefined;
    const { namespace, packet } = fault;
    const tool = iptablesTool(packet.family, 'nft');
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: `${port.hostPort}/${port.protocol}`,
      evidence: [
        {
          source: shellCommand('docker', 'port', port.container),
          value: `${port.containerPort}/${port.protocol} -> ${port.hostAddress}:${port.hostPort}`,
        },
        {
          source: commandIn(namespace, tool, '-t', 'nat', '-S'),
          value: `no rule translates port ${port.hostPort} of this packet`,
        },
        listenerEvidence(fault),
      ],
      fix: [shellCommand('docker', 'restart', port.container)],
      more: "A published port is a DNAT rule in table nat, reached from PREROUTING by what comes in and from OUTPUT by what the host itself sends. Firewall scripts delete the rule, or the jump that leads to it, and the engine does not notice. The packet then ends at the host's own port, which is closed unless docker-proxy holds it. Restarting the container writes its rule again, restarting the engine writes all of them.",
    };
  },
});
