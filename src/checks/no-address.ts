/** `no-address`: nothing to send from in the destination's family (ip-address(8)). */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const noAddress = defineCheck({
  id: 'no-address',
  title: 'The namespace has no address of this family',
  needs: ['links', 'addresses', 'routes'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-address');
    if (!fault) return undefined;
    const { namespace, family, link } = fault;
    const option = family === 'ipv6' ? '-6' : '-4';
    return {
      // The address list of the kernel was read in full and holds none: nothing is inferred.
      confidence: 'proven',
      namespace: namespace.name,
      subject: link?.name ?? namespace.name,
      evidence: [
        {
          source: commandIn(namespace, 'ip', option, 'address', 'show', 'scope', 'global'),
          value: 'no address',
        },
      ],
      fix: [],
      more:
        family === 'ipv6'
          ? 'A container gets an IPv6 address only on a network with IPv6 enabled (docker network create --ipv6); a link-local fe80:: address reaches nothing beyond its own link. Programs that try IPv6 first then fall back to IPv4, or fail.'
          : 'Without an address the kernel has nothing to put into the source field, and no connected route either. The address may have been removed, or DHCP or the engine never gave one; the link itself can be perfectly healthy.',
    };
  },
});
