/** Whether rules put connections into zones (`CT --zone`, `ct zone set`): where none does, all are in zone 0 (nf_conntrack_zones.h). */
import type { Namespace } from '../../model/namespace.ts';

/** undefined where rules were not read, or not understood. */
export function usesZones({
  rulesets,
  nftables,
}: Pick<Namespace, 'rulesets' | 'nftables'>): boolean | undefined {
  if (!rulesets || !nftables) return undefined;
  const targets = rulesets.flatMap(({ tables }) =>
    tables.flatMap(({ chains }) =>
      chains.flatMap(({ rules }) => rules.filter(({ target }) => target === 'CT')),
    ),
  );
  if (targets.some(({ targetOptions }) => targetOptions.some(({ option }) => option.startsWith('zone'))))
    return true;
  const statements = nftables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.statements)),
  );
  if (statements.some((one) => one.kind === 'mangle' && one.key.kind === 'ct' && one.key.key === 'zone'))
    return true;
  const isRead =
    rulesets.every(({ unparsed }) => unparsed.length === 0) &&
    nftables.every(({ unparsed }) => unparsed.length === 0) &&
    statements.every(({ kind }) => kind !== 'verbatim');
  return isRead ? false : undefined;
}
