/** A condition in nft's words: `tcp dport { 22, 80 }`, `ct state established,related`, `meta mark & 0x000000ff == 0x00000001`. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf, nameWord } from './known.ts';
import { type Subject, subjectOf } from './leaf.ts';
import type { Style } from './leaves.ts';
import { plainValue, setWords, valueWords } from './value.ts';

const SIZES: readonly unknown[] = ['<', '>', '<=', '>='];

export function matchWords(inside: unknown): string | undefined {
  const { op, left, right } = membersOf(inside, ['op', 'left', 'right']) ?? {};
  const [operator, operands] = onlyMember(left) ?? [];
  if (operator === '&') return maskedWords(op, operands, right);
  const subject = subjectOf(left);
  if (!subject) return undefined;
  const { words, styles } = subject;
  if (typeof right === 'boolean') return existsWords(op, subject, left, right);
  const among = amongWords(right, styles);
  if (among !== undefined) return joined([words, ...comparison(op), among], ' ');
  if (styles.length === 1 && styles[0] === 'bits') return bitsWords(op, words, right);
  const value = valueWords(right, styles);
  if (SIZES.includes(op)) return joined([words, String(op), value], ' ');
  return joined([words, ...comparison(op), value], ' ');
}

/** nft prints `==` only where it must. */
function comparison(op: unknown): readonly (string | undefined)[] {
  return op === '==' ? [] : op === '!=' ? ['!='] : [undefined];
}

/** Of a set with or without a name. Links can have names that look like a set's. */
function amongWords(right: unknown, styles: readonly Style[]): string | undefined {
  if (typeof right === 'string' && right.startsWith('@') && (styles.length > 1 || styles[0] !== 'link')) {
    const name = nameWord(right.slice(1));
    return name === undefined ? undefined : `@${name}`;
  }
  const [kind, elements] = onlyMember(right) ?? [];
  return kind === 'set' ? setWords(elements, styles) : undefined;
}

function existsWords(op: unknown, { words }: Subject, left: unknown, right: boolean): string | undefined {
  if (op !== '==' || onlyMember(left)?.[0] !== 'fib') return undefined;
  return `${words} ${right ? 'exists' : 'missing'}`;
}

/** Bits that are set, as nft asks for them without a mask. */
function bitsWords(op: unknown, words: string, right: unknown): string | undefined {
  const bits = bitList(right);
  if (op === 'in') return joined([words, bits], ' ');
  if (op === '!') return joined([words, '!', bits], ' ');
  // Of several at once, `!=` is printed in more than one way.
  return op === '!=' && !Array.isArray(right) ? joined([words, '!=', bits], ' ') : undefined;
}

function bitList(value: unknown): string | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.length === 0
    ? undefined
    : joined(
        list.map((bit) => plainValue(bit, 'bits')),
        ',',
      );
}

/** A mask on the left. */
function maskedWords(op: unknown, operands: unknown, right: unknown): string | undefined {
  if (!Array.isArray(operands) || operands.length !== 2) return undefined;
  const [from, mask] = operands;
  const subject = subjectOf(from);
  const [style] = subject?.styles ?? [];
  if (!subject || !style || subject.styles.length > 1) return undefined;
  if (style === 'bits') return flagWords(op, subject, mask, right);
  if (style !== 'mark' && style !== 'address' && style !== 'number') return undefined;
  if (op !== '==' && op !== '!=' && !SIZES.includes(op)) return undefined;
  return joined([subject.words, '&', plainValue(mask, style), String(op), plainValue(right, style)], ' ');
}

/** `tcp flags syn / fin,syn,rst,ack`: of the flags after the slash, those before it are set and no others. */
function flagWords(op: unknown, { words }: Subject, mask: unknown, right: unknown): string | undefined {
  if (words !== 'tcp flags' || !Array.isArray(mask) || mask.length < 2) return undefined;
  if (op !== '==' && op !== '!=') return undefined;
  return joined([words, ...comparison(op), bitList(right), '/', bitList(mask)], ' ');
}
