/** What a rule writes, in nft's words: `meta mark set ct mark & 0x0000ffff | 0x00000010`, `ip dscp set cs1`. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf } from './known.ts';
import { subjectOf } from './leaf.ts';
import type { Style } from './leaves.ts';
import { mapOf } from './map.ts';
import { plainValue } from './value.ts';

/** What nft calls them, the one that binds closest first: a sum on the left of a closer one stands in brackets. */
const BITWISE = ['&', '^', '|'] as const;
/** Operations in one another; nft makes three of them. */
const DEEPEST = 4;
type Bitwise = (typeof BITWISE)[number];

export function mangleWords(inside: unknown): string | undefined {
  const { key, value } = membersOf(inside, ['key', 'value']) ?? {};
  const clamp = segmentSizeWords(key, value);
  if (clamp !== undefined) return clamp;
  const subject = subjectOf(key);
  const [style] = subject?.styles ?? [];
  if (!subject || !style || subject.styles.length > 1 || style === 'bits') return undefined;
  return joined([subject.words, 'set', writtenWords(value, style)], ' ');
}

function writtenWords(value: unknown, style: Style): string | undefined {
  const plain = plainValue(value, style);
  if (plain !== undefined || style !== 'mark') return plain;
  return onlyMember(value)?.[0] === 'map' ? mapOf(value, [style]) : computedWords(value)?.words;
}

/** Of a mark: a leaf, or one with bits taken out and put in. */
function computedWords(
  value: unknown,
  depth = 0,
): { readonly words: string; readonly op?: Bitwise } | undefined {
  const [name, operands] = onlyMember(value) ?? [];
  const op = BITWISE.find((one) => one === name);
  if (!op) {
    const subject = subjectOf(value);
    return subject?.styles.length === 1 && subject.styles[0] === 'mark'
      ? { words: subject.words }
      : undefined;
  }
  if (!Array.isArray(operands) || operands.length !== 2 || depth === DEEPEST) return undefined;
  const left = computedWords(operands[0], depth + 1);
  const right = plainValue(operands[1], 'mark');
  if (!left || right === undefined) return undefined;
  if (left.op !== undefined && BITWISE.indexOf(left.op) > BITWISE.indexOf(op)) return undefined;
  return { words: `${left.words} ${op} ${right}`, op };
}

/** The clamping of TCP's segment size to the path. */
function segmentSizeWords(key: unknown, value: unknown): string | undefined {
  const [kind, inside] = onlyMember(key) ?? [];
  const { name, field } = membersOf(inside, ['name', 'field']) ?? {};
  if (kind !== 'tcp option' || name !== 'maxseg' || field !== 'size') return undefined;
  const [source, from] = onlyMember(value) ?? [];
  const isPath = source === 'rt' && membersOf(from, ['key'])?.key === 'mtu';
  return joined(['tcp option maxseg size set', isPath ? 'rt mtu' : plainValue(value, 'number')], ' ');
}
