/**
 * One `-A` line of iptables-save as a rule (iptables(8), iptables-extensions(8)). Every word ends up in the rule:
 * an option that nobody knows is a match that nobody can evaluate, never a match that is left out.
 */
import { cleanName, cleanText } from '../../src/model/clean-text.ts';
import type { Match, Rule } from '../../src/model/firewall.ts';
import { splitWords, type Word } from './words.ts';

/** Options that take exactly one word, whatever it looks like: a link may be called `--help` or `!`. */
const ONE_WORD: ReadonlyMap<string, string> = new Map([
  ['-s', 'source'],
  ['-d', 'destination'],
  ['-i', 'in-interface'],
  ['-o', 'out-interface'],
  ['-p', 'protocol'],
]);

/** Long options whose one word somebody was free to choose, printed without quotes when it is as short as `-j`. */
const FREE_WORD: ReadonlySet<string> = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--string',
  '--name',
  '--hashlimit-name',
  '--helper',
]);

const RULE = /^(?:\[(\d+):(\d+)\] )?(-A (\S+)(?: .*)?)$/s;

export type ParsedRule = { readonly chain: string; readonly rule: Omit<Rule, 'number'> };

/** The rule and the chain it is appended to; undefined when the line is no rule. */
export function parseRule(line: string): ParsedRule | undefined {
  const [, packets = '0', bytes = '0', text, chain] = RULE.exec(line) ?? [];
  if (text === undefined || chain === undefined) return undefined;
  const words = splitWords(text).slice(2);
  const jumpAt = findJump(words);
  const [before, after] = jumpAt < 0 ? [words, []] : [words.slice(0, jumpAt), words.slice(jumpAt)];
  const target = after[1]?.text;
  return {
    chain: cleanText(chain),
    rule: {
      matches: parseOptions(before),
      ...(target === undefined ? {} : { target: cleanText(target) }),
      jump: after[0]?.text === '-g' ? 'goto' : 'jump',
      targetOptions: parseOptions(after.slice(2)),
      counters: { packets: Number(packets), bytes: Number(bytes) },
      text: cleanText(text),
    },
  };
}

/** Where `-j TARGET` or `-g CHAIN` stands; -1 without one. The word after a one-word option is its value. */
function findJump(words: readonly Word[]): number {
  for (let at = 0; at < words.length - 1; at += 1) {
    const word = words[at];
    if (word === undefined || word.quoted) continue;
    if (word.text === '-j' || word.text === '-g') return at;
    if (ONE_WORD.has(word.text) || FREE_WORD.has(word.text) || word.text === '-m') at += 1;
  }
  return -1;
}

function parseOptions(words: readonly Word[]): readonly Match[] {
  const matches: Match[] = [];
  let module: string | undefined;
  let bare = false;
  let negated = false;
  const add = (option: string, values: readonly string[], ofModule: string | undefined) => {
    matches.push({
      option: cleanText(option),
      values: values.map(cleanName),
      negated,
      ...(ofModule === undefined ? {} : { module: cleanText(ofModule) }),
    });
    negated = false;
  };
  /** A module without an option is a condition of its own (`-m socket`). */
  const endModule = () => {
    if (module !== undefined && bare) add(module, [], module);
    bare = false;
  };
  for (let at = 0; at < words.length; ) {
    const word = words[at];
    const next = words[at + 1];
    at += 1;
    if (word === undefined) break;
    if (word.text === '!' && !word.quoted && !negated && next !== undefined) {
      negated = true;
    } else if (word.text === '-m' && !word.quoted && !negated && next !== undefined) {
      endModule();
      module = next.text;
      bare = true;
      at += 1;
    } else if (!word.quoted && next !== undefined && ONE_WORD.has(word.text)) {
      add(ONE_WORD.get(word.text) ?? word.text, [next.text], undefined);
      at += 1;
    } else if (!word.quoted && next !== undefined && FREE_WORD.has(word.text)) {
      bare = false;
      add(word.text.slice(2), [next.text], module);
      at += 1;
    } else if (!word.quoted && word.text === '-f') {
      add('fragment', [], undefined);
    } else {
      const values = word.text.startsWith('-') && !word.quoted ? valuesFrom(words, at) : [];
      bare = false;
      add(word.quoted ? word.text : word.text.replace(/^--(?=.)/, ''), values, module);
      at += values.length;
    }
  }
  endModule();
  return matches;
}

/** The words up to the next option. A value may begin with a dash only in quotes. */
function valuesFrom(words: readonly Word[], from: number): readonly string[] {
  const values: string[] = [];
  for (const { text, quoted } of words.slice(from)) {
    if (!quoted && (text === '!' || text.startsWith('-'))) break;
    values.push(text);
  }
  return values;
}
