/** `publish-host-ip-gone`: the port is published at an address that the host does not have any more. */
import { defineCheck } from './check.ts';
import { findPublished, findUnheard, listenerEvidence } from './listeners.ts';
import { commandIn, shellCommand } from './shell.ts';

export const publishHostIpGone = defineCheck({
  id: 'publish-host-ip-gone',
  title: 'The port is published at an address that the host does not have',
  needs: ['sockets', 'containers', 'addresses'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'publish-host-ip-gone');
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
        {
          source: commandIn(fault.namespace, 'ip', 'address', 'show', 'to', port.hostAddress),
          value: 'no link has it',
        },
        listenerEvidence(fault),
      ],
      fix: [],
      more: 'The address before the port binds the rule to that address of the host. Addresses from DHCP or for failover move, and the rule stays: then nobody can ask for the port at the old address, and at the new one it was never published. Make the container anew with the address of today, or with none.',
    };
  },
});
