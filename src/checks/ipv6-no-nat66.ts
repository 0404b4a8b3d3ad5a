/** `ipv6-no-nat66`: a packet with a unique local source (RFC 4193) leaves the host as it is, and no answer finds the way back. */
import { defineCheck } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';
import { findUntranslated, subnetOf } from './untranslated.ts';

export const ipv6NoNat66 = defineCheck({
  id: 'ipv6-no-nat66',
  title: 'No MASQUERADE for the IPv6 subnet of the containers',
  needs: ['rulesets', 'routes', 'addresses'],
  silences: ['no-return-route'],
  evaluate: (context) => {
    const fault = findUntranslated(context, 'ipv6');
    if (!fault) return undefined;
    const { namespace, inLink, outLink, packet } = fault;
    const tool = iptablesTool('ipv6', 'nft');
    const subnet = subnetOf(fault);
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: subnet,
      evidence: [
        {
          source: commandIn(namespace, tool, '-t', 'nat', '-S', 'POSTROUTING', '-v'),
          value: `no rule translates ${packet.source} leaving by ${outLink.name}`,
        },
      ],
      fix: [
        commandIn(
          namespace,
          ...[tool, '-t', 'nat', '-A', 'POSTROUTING', '-s', subnet, '!', '-o', inLink.name],
          ...['-j', 'MASQUERADE'],
        ),
      ],
      more: 'Addresses that begin with fd are private to a site: the internet has no route to them. Either the containers get a prefix of their own that is routed to the host, or the host translates, as it does for IPv4. Docker does so only with ip6tables on (the default since 27) and for networks with IPv6 enabled.',
    };
  },
});
