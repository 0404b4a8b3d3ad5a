/**
 * The rules of a table in the words of `nft -a list table`, by their handles: nft's JSON has no words. What stands between
 * a rule's beginning and its `# handle N` may be several lines, because nft breaks long sets.
 */
import { cleanText } from '../../src/model/clean-text.ts';

const CHAIN = /^\tchain .* \{ # handle (\d+)$/;
const RULE_END = /^(.*) # handle (\d+)$/;

/** Handles count from 1 in each table for all it holds, so that a rule's is enough. Never throws. */
export function parseTexts(output: string): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  let inChain = false;
  let before: string[] = [];
  for (const line of output.split('\n')) {
    if (!inChain) {
      inChain = CHAIN.test(line);
      before = [];
    } else if (line === '\t}') inChain = false;
    else {
      const [, words, handle] = RULE_END.exec(line) ?? [];
      if (words === undefined) before.push(line);
      else {
        const text = [...before, words].filter((part) => !isChainLine(part)).map((part) => part.trim());
        texts.set(Number(handle), cleanText(text.join(' ')));
        before = [];
      }
    }
  }
  return texts;
}

/** The lines of a chain before its rules. */
function isChainLine(line: string): boolean {
  return line.trim() === '' || /^\t\t(type \S+ hook |comment "|policy )/.test(line);
}
