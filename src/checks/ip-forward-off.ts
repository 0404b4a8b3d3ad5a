/** `ip-forward-off`: net.ipv4.ip_forward is 0, and with it forwarding on the link (ip-sysctl.rst). */
import { defineCheck, findFault } from './check.ts';
import { mayForward } from './gateways.ts';
import { commandIn } from './shell.ts';

export const ipForwardOff = defineCheck({
  id: 'ip-forward-off',
  title: 'IP forwarding is off',
  needs: ['sysctls'],
  silences: ['iface-forwarding-off'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'forwarding-off',
      // A container is no router: who sends through one has the wrong gateway.
      ({ global, family, namespace }) => family === 'ipv4' && global === '0' && mayForward(namespace),
    );
    if (!fault) return undefined;
    const { namespace } = fault;
    return {
      // The kernel's own switch, of the link the packet arrives on and of all: with 0 nothing is forwarded.
      confidence: 'proven',
      namespace: namespace.name,
      subject: 'net.ipv4.ip_forward',
      evidence: [{ source: commandIn(namespace, 'sysctl', 'net.ipv4.ip_forward'), value: '0' }],
      fix: [commandIn(namespace, 'sysctl', '-w', 'net.ipv4.ip_forward=1')],
      more: 'The kernel passes packets from one link to another only while forwarding is on. Docker turns it on once, when it starts; a later sysctl --system, a hardening script or a network manager that sets it back cuts every container off, while containers on one bridge still reach each other. No firewall counter moves. Find who sets it: grep -r ip_forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d',
    };
  },
});
