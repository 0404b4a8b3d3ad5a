/** The kernel does not take a packet in by this link: forwarding is off there, or its source must not come from there. */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { Fault, Refusal } from './fault.ts';
import type { StepResult } from './state.ts';

export function refuseSource(namespace: Namespace, link: Link, packet: Packet, refusal: Refusal): StepResult {
  const direction = 'request';
  const path = packet.family === 'ipv4' ? 'ipv4/ip_forward' : 'ipv6/conf/all/forwarding';
  const global = namespace.sysctls?.[path];
  const fault: Fault =
    refusal.how === 'forwarding-off'
      ? {
          kind: 'forwarding-off',
          namespace,
          family: packet.family,
          link,
          direction,
          ...(global === undefined ? {} : { global }),
        }
      : { kind: 'source-refused', namespace, link, packet, refusal, direction };
  return {
    hops: [{ namespace, link: link.name, stage: 'route', verdict: 'drop', detail: refusal.detail }],
    faults: [fault],
    end: { how: 'lost' },
  };
}
