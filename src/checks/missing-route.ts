/** The evidence that a route is missing: the routes that are there. */
import type { Namespace } from '../model/namespace.ts';
import { familyOf } from '../path/prefix.ts';

/** Destinations listed; a routing table can be long, and the first few show what kind it is. */
const LISTED = 8;

/** Such as `none for 203.0.113.1, only 172.17.0.0/16`. */
export function missingRoute({ routes = [] }: Namespace, destination: string): string {
  const family = familyOf(destination);
  const present = routes.filter((route) => route.family === family && route.table !== 'local');
  const named = present
    .slice(0, LISTED)
    .map(({ destination: to, table }) => (table === 'main' ? to : `${to} in table ${table}`));
  const rest = present.length - named.length;
  if (named.length === 0) return `none for ${destination}, and no other`;
  return `none for ${destination}, only ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
