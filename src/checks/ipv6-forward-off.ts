/** `ipv6-forward-off`: net.ipv6.conf.all.forwarding is 0, and IPv6 is not passed from link to link (ip6_forward). */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

const KEY = 'net.ipv6.conf.all.forwarding';

export const ipv6ForwardOff = defineCheck({
  id: 'ipv6-forward-off',
  title: 'IPv6 forwarding is off',
  needs: ['sysctls'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'forwarding-off',
      ({ family, namespace }) => family === 'ipv6' && namespace.kind !== 'container',
    );
    if (!fault) return undefined;
    const { namespace } = fault;
    return {
      // The kernel's own switch: with 0 nothing is forwarded, whatever a single link says.
      confidence: 'proven',
      namespace: namespace.name,
      subject: KEY,
      evidence: [{ source: commandIn(namespace, 'sysctl', KEY), value: fault.global ?? '0' }],
      fix: [commandIn(namespace, 'sysctl', '-w', `${KEY}=1`)],
      more: 'IPv6 has a switch of its own: ip_forward is for IPv4 alone, and ip -6 route get succeeds all the same. Containers then have IPv6 addresses, reach each other on one bridge, and nothing beyond. Turning it on makes the host a router, which no longer takes its own default route from router advertisements: set accept_ra to 2 on the uplink if it needs them.',
    };
  },
});
