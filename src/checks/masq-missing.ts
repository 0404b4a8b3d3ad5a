/** `masq-missing`: the packet leaves the host with its private source, and no answer can find the way back. */
import { defineCheck } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';
import { findUntranslated, subnetOf, translationEvidence } from './untranslated.ts';

export const masqMissing = defineCheck({
  id: 'masq-missing',
  title: 'No MASQUERADE for the container subnet',
  needs: ['rulesets', 'routes', 'addresses'],
  silences: ['no-return-route'],
  evaluate: (context) => {
    const fault = findUntranslated(context);
    if (!fault || fault.mismatched) return undefined;
    const { namespace, inLink } = fault;
    const subnet = subnetOf(fault);
    const append = [iptablesTool('ipv4', 'nft'), '-t', 'nat', '-A', 'POSTROUTING'];
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: subnet,
      evidence: translationEvidence(context, fault),
      fix: [commandIn(namespace, ...append, '-s', subnet, '!', '-o', inLink.name, '-j', 'MASQUERADE')],
      more: "The addresses of container networks are private: the world has no route to them. MASQUERADE in POSTROUTING replaces the source by the host's own address, and connection tracking undoes it for the answers. Without it requests leave and nothing comes back. Routers that know the subnet are the exception; then the network needs no translation.",
    };
  },
});
