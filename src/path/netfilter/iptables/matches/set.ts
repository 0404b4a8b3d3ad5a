/** `-m set --match-set NAME src,dst` (set_match_v4() in xt_set.c): whether an ipset holds what the packet carries. */
import type { Match } from '../../../../model/firewall.ts';
import type { Ternary } from '../../../ternary.ts';
import { negatedIf, unknowable } from '../../conditions/logic.ts';
import { askSet, type Direction } from '../../ipset/ask-set.ts';
import type { ModuleTest } from '../compile-module.ts';

export const setMatch: ModuleTest = (options, { changedSets }) => {
  const match = options.find(({ option }) => option === 'match-set');
  const [name, directions = ''] = match?.values ?? [];
  const words = directions.split(',');
  if (!match || name === undefined || !words.every(isDirection)) return unknowable;
  const names = new Set(options.map(({ option }) => option));
  // What the set's elements have counted is not read.
  const counts = options.some(isCounting);
  const returnsNomatch = names.has('return-nomatch');
  const test = negatedIf(match.negated, (packet, around): Ternary => {
    const set = around.ipset(name);
    if (!set || changedSets.has(name)) return 'unknown';
    return askSet(set, { packet, around, directions: words, returnsNomatch, changedSets });
  });
  return counts
    ? (packet, around) => (test(packet, around) === 'no' && !match.negated ? 'no' : 'unknown')
    : test;
};

function isDirection(word: string): word is Direction {
  return word === 'src' || word === 'dst';
}

function isCounting({ option }: Match): boolean {
  return /^(packets|bytes)-(eq|lt|gt)$/.test(option);
}
