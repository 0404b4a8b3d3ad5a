/** `proxy-arp-needed`: a gateway beyond the sender's /32 that the other end would have to answer for (proxy_arp, ip-sysctl.rst). */
import { findPeer } from '../path/find-peer.ts';
import { defineCheck } from './check.ts';
import { commandIn, sysctlOf } from './shell.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

export const proxyArpNeeded = defineCheck({
  id: 'proxy-arp-needed',
  title: 'Nobody answers for the gateway: proxy_arp is off at the other end',
  needs: ['routes', 'addresses', 'sysctls'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'proxy-arp-needed');
    const peer = fault && findPeer(context.snapshot, fault.link);
    if (!fault || !peer) return undefined;
    const key = sysctlOf('ipv4', peer.link.name, 'proxy_arp');
    return {
      confidence: 'likely',
      namespace: peer.namespace.name,
      subject: key,
      evidence: [
        silenceEvidence(fault),
        {
          source: commandIn(peer.namespace, 'sysctl', key),
          value: peer.namespace.sysctls?.[`ipv4/conf/${peer.link.name}/proxy_arp`] ?? 'not read',
        },
      ],
      fix: [commandIn(peer.namespace, 'sysctl', '-w', `${key}=1`)],
      more: 'Networks that route every single address give a container a /32 and a gateway such as 169.254.1.1 that no link really has. It works only while the host answers ARP for that gateway on its end of the veth pair: proxy_arp must be 1 there, and the host must have a route to what is asked for.',
    };
  },
});
