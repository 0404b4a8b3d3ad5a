/** Which of the rules that are shown a chosen flow meets. */
import type { MetRule } from '../../model/met-rule.ts';
import type { Namespace } from '../../model/namespace.ts';
import { listChains } from './chains.ts';

/** By the key of a rule, whether the chosen flow meets it. */
export type Marks = ReadonlyMap<string, MetRule['matched']>;

/** Which rules of this namespace the chosen flow meets. */
export function findMarks(namespace: Namespace, met: readonly MetRule[]): Marks {
  const places = new Map(
    met.filter((one) => one.namespace === namespace.id).map((one) => [placeOf(one), one.matched] as const),
  );
  const marks = new Map<string, MetRule['matched']>();
  if (places.size === 0) return marks;
  for (const { world, family, table, name, rules } of listChains(namespace))
    for (const { key, number, handle } of rules) {
      const matched = places.get(
        placeOf({ world, family, table, chain: name, number, ...(handle === undefined ? {} : { handle }) }),
      );
      if (matched) marks.set(key, matched);
    }
  return marks;
}

function placeOf({ world, family, table, chain, number, handle }: Omit<MetRule, 'namespace' | 'matched'>) {
  return [world, family, table, chain, handle === undefined ? number : `#${handle}`].join(' ');
}
