/** `bridge-lost-ip`: the bridge of a Docker network does not have the network's gateway address any more. */
import { defineCheck } from './check.ts';
import { commandIn, shellCommand } from './shell.ts';
import { findLostGateway, findUnowned, silenceEvidence } from './unowned.ts';

export const bridgeLostIp = defineCheck({
  id: 'bridge-lost-ip',
  title: 'The bridge has lost the gateway address of its network',
  needs: ['addresses', 'networks', 'routes'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'bridge-lost-ip');
    const lost = fault && findLostGateway(context, fault.address);
    if (!lost) return undefined;
    const { network, host, bridge } = lost;
    const [subnet = ''] = network.subnets;
    const cidr = `${fault.address}/${subnet.split('/')[1] ?? '32'}`;
    return {
      // The host's addresses were read, and the engine says which one the bridge must have.
      confidence: 'proven',
      namespace: host.name,
      subject: bridge.name,
      evidence: [
        {
          source: commandIn(host, 'ip', 'address', 'show', 'dev', bridge.name),
          value: bridge.addresses.length > 0 ? bridge.addresses.join(', ') : 'no address',
        },
        {
          source: shellCommand('docker', 'network', 'inspect', network.name),
          value: `gateway ${fault.address}`,
        },
        silenceEvidence(fault),
      ],
      fix: [commandIn(host, 'ip', 'address', 'add', cidr, 'dev', bridge.name)],
      more: 'The bridge is the gateway of its containers only as long as it has the address that they were given as their default route. Network managers of the host take it away when the bridge loses its carrier, which is when the last container stops; the next ones then find no gateway, and the host has no route to them. Containers on the bridge still reach each other. Tell the network manager to leave docker0 and br-* alone.',
    };
  },
});
