/** A route as `ip route` would print it, for evidence. */
import type { Route } from '../../model/route.ts';

export function formatRoute({ type, destination, nextHops, metric }: Route, linkName?: string): string {
  const [hop] = nextHops;
  return [
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(hop?.gateway === undefined ? [] : ['via', hop.gateway]),
    ...(linkName === undefined ? [] : ['dev', linkName]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
  ].join(' ');
}
