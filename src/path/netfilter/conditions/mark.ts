/** Packet and connection marks: 32 bits, of which rules test and change some (iptables-extensions(8), mark and MARK). */
import { type Ternary, ternary } from '../../ternary.ts';

export type Mark = number | 'unknown';

/** A value and the bits of the mark that it is about. */
export type MaskedMark = { readonly value: number; readonly mask: number };

export const ALL_BITS = 0xffffffff;

/** `0x1`, `0x1/0xff`, also in decimal; undefined where it is neither. */
export function parseMaskedMark(text: string): MaskedMark | undefined {
  const [first = '', second, ...more] = text.split('/');
  const value = parseMark(first);
  const mask = second === undefined ? ALL_BITS : parseMark(second);
  return value === undefined || mask === undefined || more.length > 0 ? undefined : { value, mask };
}

/** A number of 32 bits without sign. */
export function parseMark(text: string): number | undefined {
  if (!/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return undefined;
  const value = Number(text);
  return value <= ALL_BITS ? value : undefined;
}

/** `(mark & mask) == value`. */
export function isMark(mark: Mark, { value, mask }: MaskedMark): Ternary {
  // Bits outside of the mask can never be equal to ones that are set.
  if ((value & ~mask) !== 0) return 'no';
  if (mark === 'unknown') return mask === 0 ? 'yes' : 'unknown';
  return ternary((mark & mask) >>> 0 === value);
}

/** `(mark & ~mask) ^ value`. */
export function changeMark(mark: Mark, { value, mask }: MaskedMark): Mark {
  if (mask === ALL_BITS) return value;
  return mark === 'unknown' ? mark : (((mark & ~mask) >>> 0) ^ value) >>> 0;
}
