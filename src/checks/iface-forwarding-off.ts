/** `iface-forwarding-off`: forwarding is on in general and off on one link (net.ipv4.conf.LINK.forwarding, ip-sysctl.rst). */
import { defineCheck, findFault } from './check.ts';
import { commandIn, sysctlOf } from './shell.ts';

export const ifaceForwardingOff = defineCheck({
  id: 'iface-forwarding-off',
  title: 'Forwarding is off on one link',
  needs: ['sysctls'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'forwarding-off',
      ({ global, family, namespace }) =>
        family === 'ipv4' && global !== '0' && namespace.kind !== 'container',
    );
    if (!fault) return undefined;
    const { namespace, link, direction } = fault;
    const key = sysctlOf('ipv4', link.name, 'forwarding');
    return {
      // The kernel asks exactly this switch for every packet that arrives on the link.
      confidence: 'proven',
      namespace: namespace.name,
      subject: key,
      evidence: [
        { source: commandIn(namespace, 'sysctl', key), value: '0' },
        ...(fault.global === undefined
          ? []
          : [{ source: 'sysctl net.ipv4.ip_forward', value: fault.global }]),
      ],
      fix: [commandIn(namespace, 'sysctl', '-w', `${key}=1`)],
      more: `Forwarding is decided by the link a packet arrives on, here by ${direction === 'answer' ? 'the one the answer comes back on' : 'the one the request comes in on'}. ip_forward only writes the value of all links once; systemd-networkd and others set single links differently afterwards, and then one network is dead while the rest works.`,
    };
  },
});
