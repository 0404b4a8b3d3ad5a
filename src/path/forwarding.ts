/**
 * Whether a namespace forwards what arrives on a link. The link's own `forwarding` decides (IN_DEV_FORWARD in the
 * kernel's ip_route_input_slow); `ip_forward` only sets all of them when it is written (ip-sysctl.rst).
 */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Direction, DraftHop, Stretch } from './walk.ts';

export function checkForwarding(namespace: Namespace, link: Link, direction: Direction): Stretch<never> {
  const own = namespace.sysctls?.[`ipv4/conf/${link.name}/forwarding`];
  const global = namespace.sysctls?.['ipv4/ip_forward'];
  const hop: Omit<DraftHop, 'verdict' | 'detail'> = { namespace, link: link.name, stage: 'route' };
  const what = direction === 'answer' ? 'the answer arriving' : 'what arrives';
  if (own === undefined) {
    const detail = `whether ${what} on ${link.name} is forwarded was not read`;
    return { hops: [{ ...hop, verdict: 'unknown', detail }], faults: [] };
  }
  if (own !== '0')
    return {
      hops: [{ ...hop, verdict: 'pass', detail: `${what} on ${link.name} is forwarded` }],
      faults: [],
    };
  return {
    hops: [
      { ...hop, verdict: 'drop', detail: `${what} on ${link.name} is not forwarded: forwarding is off` },
    ],
    faults: [
      { kind: 'forwarding-off', namespace, link, direction, ...(global === undefined ? {} : { global }) },
    ],
  };
}
