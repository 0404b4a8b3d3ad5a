/**
 * A forwarded packet that a policy rule leads away: by another link than the table main would (ip-rule(8)). Where it
 * arrives, that is what the rule is for; where it is lost, the rule is why.
 */
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import { DEFAULT_RULES } from '../route/default-rules.ts';
import type { RouteAnswer } from '../route/query.ts';
import type { Fault } from './fault.ts';
import { routeRegardless } from './tables.ts';

const OWN_TABLES: ReadonlySet<string> = new Set(['main', 'local', 'default']);

export function findDiverted(
  namespace: Namespace,
  packet: Packet,
  { link, rule, route }: Extract<RouteAnswer, { kind: 'found' }>,
): readonly Fault[] {
  if (!rule || !route || OWN_TABLES.has(route.table)) return [];
  const plain: Namespace = { ...namespace, policyRules: DEFAULT_RULES[packet.family] };
  const main = routeRegardless(plain, packet);
  if (main.kind !== 'found' || main.link === link) return [];
  return [
    { kind: 'diverted', namespace, packet, rule, route, link, mainLink: main.link, direction: 'request' },
  ];
}
