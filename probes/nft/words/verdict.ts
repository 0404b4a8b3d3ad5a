/** Verdicts in nft's words, alone and as the values of a map. */
import { onlyMember } from '../verbatim.ts';
import { membersOf, nameWord, withWord } from './known.ts';

export function verdictWords(value: unknown): string | undefined {
  const [kind, inside] = onlyMember(value) ?? [];
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return inside === null ? kind : undefined;
    case 'jump':
    case 'goto':
      return withWord(kind, nameWord(membersOf(inside, ['target'])?.target));
    default:
      return undefined;
  }
}
