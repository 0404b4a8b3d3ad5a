/** Whether a link can carry a frame: IFF_UP and IFF_LOWER_UP (netdevice(7)); without either, the packet is lost there. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Fault, Stretch } from './walk.ts';

/** The link's state as a hop; a bridge without ports that are up has no carrier and still hears its own namespace. */
export function checkLink(
  namespace: Namespace,
  link: Link,
  role: 'sends' | 'receives',
  peer?: Extract<Fault, { kind: 'no-carrier' }>['peer'],
): Stretch<never> {
  const hop = { namespace, link: link.name, stage: 'link' } as const;
  if (!link.adminUp)
    return {
      hops: [{ ...hop, verdict: 'drop', detail: `${link.name} is down` }],
      faults: [{ kind: 'link-down', namespace, link }],
    };
  if (!link.carrier)
    return {
      hops: [{ ...hop, verdict: 'drop', detail: `${link.name} is up but has no carrier` }],
      faults: [{ kind: 'no-carrier', namespace, link, ...(peer ? { peer } : {}) }],
    };
  return { hops: [{ ...hop, verdict: 'pass', detail: `${link.name} is up and ${role}` }], faults: [] };
}
