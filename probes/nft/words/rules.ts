/**
 * The words of a table's rules, made from nft's JSON, so that nft need not be run a second time for them: it writes a listing
 * word by word, and each word wakes whoever reads it. Only where every rule of the table is known for certain; test/kernel/nft-words.test.ts
 * compares them with nft's own.
 */
import { asRecord } from '../../json-values.ts';
import { onlyMember } from '../verbatim.ts';
import { joined, quoted, withWord } from './known.ts';
import { statementWords } from './statement.ts';

/** Releases whose print has been compared. Others print some parts in other words, as 0.9 does with TCP's flags. */
const COMPARED: ReadonlySet<unknown> = new Set(['1.0.6']);

/** By handle; undefined where one rule, or the release of nft, is not known. Never throws. */
export function wordsOfRules(items: readonly unknown[]): ReadonlyMap<number, string> | undefined {
  const texts = new Map<number, string>();
  let release: unknown;
  for (const item of items) {
    const [kind, inside] = onlyMember(item) ?? [];
    if (kind === 'metainfo') release = asRecord(inside).version;
    if (kind !== 'rule') continue;
    const { family, handle, expr, comment } = asRecord(inside);
    const words = ruleWords(expr, comment, String(family));
    if (words === undefined || typeof handle !== 'number') return undefined;
    texts.set(handle, words);
  }
  return COMPARED.has(release) ? texts : undefined;
}

/** One rule without its handle, as `nft -s list` prints it; undefined where that is not known for certain. */
export function ruleWords(expr: unknown, comment: unknown, family: string): string | undefined {
  if (!Array.isArray(expr) || expr.length === 0) return undefined;
  const parts = expr.map((one) => statementWords(one, family));
  return joined(comment === undefined ? parts : [...parts, withWord('comment', quoted(comment))], ' ');
}
