/** `rp-filter-strict`: rp_filter refuses the source of a packet on the link that it comes in by (ip-sysctl.rst, RFC 3704). */
import type { Evidence } from '../model/diagnosis.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { commandIn, sysctlOf } from './shell.ts';

type Refused = Extract<Fault, { kind: 'source-refused' }>;

/** The loose mode: any way back will do. */
const LOOSE = '2';

export const rpFilterStrict = defineCheck({
  id: 'rp-filter-strict',
  title: 'The reverse-path filter refuses the source of the packet',
  needs: ['sysctls', 'routes', 'policyRules'],
  // A link that refuses a source does not answer its questions for a MAC either.
  silences: ['arp-suppressed'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'source-refused',
      (one) => one.refusal.how === 'reverse-path' && !isSwallowed(context, one),
    );
    if (!fault) return undefined;
    const { namespace, link, packet, refusal } = fault;
    return {
      // The switch was read, and the way back looked up as the kernel does it for every packet.
      confidence: 'proven',
      namespace: namespace.name,
      subject: sysctlOf('ipv4', link.name, 'rp_filter'),
      evidence: [
        ...switches(fault).map(
          ([key, value]): Evidence => ({ source: commandIn(namespace, 'sysctl', key), value }),
        ),
        { source: commandIn(namespace, 'ip', 'route', 'get', packet.source), value: refusal.detail },
      ],
      fix: switches(fault)
        .filter(([, value]) => value === '1')
        .map(([key]) => commandIn(namespace, 'sysctl', '-w', `${key}=${LOOSE}`)),
      more: 'With rp_filter 1 the kernel throws away what comes in by another link than the one that its route back to the sender takes; with 2, what it has no route back to at all. The larger value of all and of the link counts. VPNs, marks and second uplinks make ways asymmetric on purpose. Nothing is answered and no firewall counter moves, only TcpExtIPReversePathFilter in nstat; ARP for that sender stays unanswered as well. Make the routes symmetric, or loosen the filter on that link.',
    };
  },
});

/** The two values of which the larger counts, as sysctl(8) names them. */
function switches({ namespace: { sysctls = {} }, link }: Refused): readonly (readonly [string, string])[] {
  return ['all', link.name].flatMap((name) => {
    const value = sysctls[`ipv4/conf/${name}/rp_filter`];
    return value === undefined || value === '0'
      ? []
      : [[sysctlOf('ipv4', name, 'rp_filter'), value] as const];
  });
}

/** The way back is a route that refuses everything: it is at fault, and would lose the answers without the filter, too. */
function isSwallowed({ walk }: CheckContext, { namespace, packet }: Refused): boolean {
  return walk.faults.some(
    (one) =>
      one.kind === 'no-route' &&
      one.namespace.id === namespace.id &&
      one.destination === packet.source &&
      one.refusal.how !== 'none',
  );
}
