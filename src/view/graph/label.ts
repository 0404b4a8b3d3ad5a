/** What stands in the box of a link. */
import type { GraphLink } from './wiring-graph.ts';

export function labelOf({
  name,
  kind,
  operState,
  addresses,
  network,
  unknown,
}: GraphLink): readonly string[] {
  const state = operState === 'up' || operState === 'unknown' ? '' : `, ${operState}`;
  return [
    name,
    `${kind}${state}`,
    ...addresses,
    ...(network === null ? [] : [`network ${network}`]),
    ...(unknown === undefined ? [] : [unknown]),
  ];
}
