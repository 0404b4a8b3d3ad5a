/** Values that a map chooses, in nft's words: `ip daddr map @targets`, `tcp dport map { 80 : 10.0.0.1 }`. */
import { onlyMember } from '../verbatim.ts';
import { membersOf, nameWord, withWord } from './known.ts';
import { subjectOf } from './leaf.ts';
import type { Style } from './leaves.ts';
import { mapWords, valueWords } from './value.ts';
import { verdictWords } from './verdict.ts';

/** `{"map": {"key", "data"}}`, of values in these styles. */
export function mapOf(value: unknown, styles: readonly Style[]): string | undefined {
  const [kind, inside] = onlyMember(value) ?? [];
  return kind === 'map' ? chosenWords('map', inside, (one) => valueWords(one, styles)) : undefined;
}

/** `iifname vmap @ways`. */
export function verdictMapWords(inside: unknown): string | undefined {
  return chosenWords('vmap', inside, verdictWords);
}

function chosenWords(
  word: 'map' | 'vmap',
  inside: unknown,
  dataWords: (value: unknown) => string | undefined,
): string | undefined {
  const { key, data } = membersOf(inside, ['key', 'data']) ?? {};
  const subject = subjectOf(key);
  if (!subject) return undefined;
  const before = `${subject.words} ${word}`;
  if (typeof data === 'string') {
    const name = data.startsWith('@') ? nameWord(data.slice(1)) : undefined;
    return name === undefined ? undefined : `${before} @${name}`;
  }
  const [kind, elements] = onlyMember(data) ?? [];
  return kind === 'set' ? withWord(before, mapWords(elements, subject.styles, dataWords)) : undefined;
}
