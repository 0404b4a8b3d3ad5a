/** Values in a rule, in nft's words: what a style makes of numbers and names, ranges, prefixes, sets and maps of them. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf, numberWord } from './known.ts';
import type { Style } from './leaves.ts';

/** One value, which may be a range, a prefix, or several joined (`10.0.0.1 . 80`). */
export function valueWords(value: unknown, styles: readonly Style[]): string | undefined {
  const [style] = styles;
  if (styles.length === 1 && style) return oneValue(value, style);
  const [kind, parts] = onlyMember(value) ?? [];
  if (kind !== 'concat' || !Array.isArray(parts) || parts.length !== styles.length) return undefined;
  return joined(
    styles.map((one, index) => oneValue(parts[index], one)),
    ' . ',
  );
}

/** `{ 22, 80-90 }`; a rule's own set. */
export function setWords(elements: unknown, styles: readonly Style[]): string | undefined {
  if (!Array.isArray(elements) || elements.length === 0) return undefined;
  const words = joined(
    elements.map((element) => valueWords(element, styles)),
    ', ',
  );
  return words === undefined ? undefined : `{ ${words} }`;
}

/** `{ 22 : accept, * : drop }`; a rule's own map. */
export function mapWords(
  elements: unknown,
  styles: readonly Style[],
  dataWords: (value: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(elements) || elements.length === 0) return undefined;
  const words = joined(
    elements.map((element) => {
      if (!Array.isArray(element) || element.length !== 2) return undefined;
      // A link may have this name.
      const isRest = element[0] === '*' && !styles.includes('link');
      return joined([isRest ? '*' : valueWords(element[0], styles), dataWords(element[1])], ' : ');
    }),
    ', ',
  );
  return words === undefined ? undefined : `{ ${words} }`;
}

/** In a range, nft prints the numbers of what it has words for. */
const RANGED: ReadonlySet<Style> = new Set(['mark', 'number', 'address']);

function oneValue(value: unknown, style: Style): string | undefined {
  if (typeof value !== 'object' || value === null) return plainValue(value, style);
  const [kind, inside] = onlyMember(value) ?? [];
  if (kind === 'prefix' && (style === 'address' || style === 'mark')) {
    const { addr, len } = membersOf(inside, ['addr', 'len']) ?? {};
    return joined([plainValue(addr, style), numberWord(len)], '/');
  }
  if (!Array.isArray(inside)) return undefined;
  if (kind === 'range' && inside.length === 2 && RANGED.has(style))
    return joined([plainValue(inside[0], style), plainValue(inside[1], style)], '-');
  if (kind === '|' && style === 'bits' && inside.length === 2)
    return joined([plainValue(inside[0], style), plainValue(inside[1], style)], ' | ');
  return undefined;
}

const SYMBOL = /^(?!\d+$)[a-z0-9][a-z0-9-]*$/;
/** A number is that of a link which is gone, or a link's name: nobody can tell. */
const LINK = /^(?!\d+$)[\w.:-]+\*?$/;

/** One that is neither joined nor a range nor a prefix. */
export function plainValue(value: unknown, style: Style): string | undefined {
  switch (style) {
    case 'link':
      return matching(value, LINK, '"');
    case 'mark':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
        ? `0x${value.toString(16).padStart(8, '0')}`
        : undefined;
    case 'number':
      return numberWord(value);
    case 'symbol':
    case 'bits':
      return matching(value, SYMBOL, '');
    case 'code':
      return numberWord(value) ?? matching(value, SYMBOL, '');
    case 'address':
      return matching(value, /^[0-9a-f:][0-9a-f.:]+$/, '');
    case 'mac':
      return matching(value, /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/, '');
  }
}

function matching(value: unknown, form: RegExp, quote: '"' | ''): string | undefined {
  return typeof value === 'string' && form.test(value) ? `${quote}${value}${quote}` : undefined;
}
