/**
 * What a namespace sends to itself goes by lo. While lo is down, as in every new namespace, it has no 127.0.0.0/8 in its
 * tables either, so that such a packet takes another route, or none (fib_disable_ip in net/ipv4/fib_frontend.c).
 */
import type { Namespace } from '../../model/namespace.ts';
import { isLoopback } from '../prefix.ts';
import { hopAt, type Said } from './say.ts';
import type { World } from './state.ts';

/** Undefined where this is not what is wrong. */
export function findLoopbackDown(
  { direction }: World,
  namespace: Namespace,
  destination: string,
  byLink?: string,
): Said | undefined {
  const link = namespace.links?.find(({ kind }) => kind === 'loopback');
  if (!link || link.adminUp) return undefined;
  if (byLink !== link.name && !isLoopback(destination)) return undefined;
  const detail = `${link.name} is down: ${destination} cannot be reached in ${namespace.name} itself`;
  return {
    hops: [hopAt({ namespace, link }, 'link', 'drop', detail)],
    faults: [{ kind: 'link-down', namespace, link, direction }],
  };
}
