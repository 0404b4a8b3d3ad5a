/** `subnet-overlap`: a bridge's subnet covers an address that is elsewhere, and its connected route takes the packet (ip-route(8)). */
import { defineCheck } from './check.ts';
import { commandIn, ipFor } from './shell.ts';
import { findUnowned, silenceEvidence } from './unowned.ts';

export const subnetOverlap = defineCheck({
  id: 'subnet-overlap',
  title: 'The subnet of a bridge covers the destination',
  needs: ['links', 'addresses', 'routes'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'subnet-overlap');
    if (!fault) return undefined;
    const { namespace, link, address } = fault;
    const own = link.addresses.find((one) => one.includes('.') === address.includes('.'));
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: own === undefined ? link.name : `${link.name} (${own})`,
      evidence: [
        {
          source: commandIn(namespace, ...ipFor(address), 'route', 'get', address),
          value: `on ${link.name} itself, not by the default route`,
        },
        silenceEvidence(fault),
      ],
      fix: [],
      more: "The longest prefix decides: an address inside a bridge's subnet is looked for on that bridge, wherever it really is. Docker chooses subnets out of its pools without knowing those of your company or VPN, and compose files name any; then some machines of the outside cannot be reached any more, from containers and from the host itself. Give the network another subnet (default-address-pools or bip in daemon.json, or subnet in the compose file) and create it anew.",
    };
  },
});
