/** Addresses as numbers: one word of 32 bits for IPv4, four for IPv6 (RFC 4291), so that masks and comparisons are cheap. */
import ipaddr from 'ipaddr.js';

/** Unsigned words in network order. */
export type AddressValue = readonly number[];

/** Addresses of packets kept parsed: a walk knows few, and each is asked for by thousands of rules. */
const KEPT = 256;
const kept = new Map<string, AddressValue | undefined>();

/** The same as `parseAddress`, for an address that is asked for again and again. */
export function addressValue(text: string): AddressValue | undefined {
  const before = kept.get(text);
  if (before) return before;
  const value = parseAddress(text);
  if (kept.size >= KEPT) kept.clear();
  kept.set(text, value);
  return value;
}

/** undefined where the text is no address. Forms such as `10.1` or `0x7f.1` are refused. */
export function parseAddress(text: string): AddressValue | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** -1, 0 or 1, as the first comes before, is or comes after the second; both of one family. */
export function compareAddresses(one: AddressValue, other: AddressValue): number {
  for (let index = 0; index < one.length; index += 1) {
    const left = one[index] ?? 0;
    const right = other[index] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The masks of every length, for addresses of one word and of four: they are asked for by each rule. */
const MASKS: Readonly<Record<number, readonly AddressValue[]>> = { 1: masksOf(1), 4: masksOf(4) };

/** The words of a mask with the first `length` bits set; `words` is 1 or 4. */
export function maskOf(length: number, words: number): AddressValue {
  return MASKS[words]?.[length] ?? [];
}

function masksOf(words: number): readonly AddressValue[] {
  return Array.from({ length: words * 32 + 1 }, (_, length) =>
    Array.from({ length: words }, (__, index) => {
      const bits = Math.min(Math.max(length - index * 32, 0), 32);
      return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
    }),
  );
}

export function applyMask(value: AddressValue, mask: AddressValue): AddressValue {
  return value.map((word, index) => (word & (mask[index] ?? 0)) >>> 0);
}

/** Codes of characters. */
const PERCENT = 37;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const LETTER_A = 97;

function parseIpv4(text: string): AddressValue | undefined {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || dots === 3) return undefined;
      word = word * 256 + octet;
      octet = -1;
      dots += 1;
      continue;
    }
    const digit = code - ZERO;
    // A leading zero means octal to some readers: no tool prints one.
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return dots === 3 && octet >= 0 ? [word * 256 + octet] : undefined;
}

function parseIpv6(text: string): AddressValue | undefined {
  const groups: number[] = [];
  let group = -1;
  let digits = 0;
  let gapAt = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COLON) {
      if (group >= 0) groups.push(group);
      else if (at > 0 && gapAt !== groups.length) return undefined;
      else if (at === 0 && text.charCodeAt(1) !== COLON) return undefined;
      if (text.charCodeAt(at + 1) === COLON) {
        if (gapAt >= 0) return undefined;
        gapAt = groups.length;
        at += 1;
      } else if (at + 1 === text.length) return undefined;
      group = -1;
      digits = 0;
      continue;
    }
    const digit = hexDigit(code);
    if (digit < 0 || digits === 4) return code === DOT || code === PERCENT ? parseRareIpv6(text) : undefined;
    group = group < 0 ? digit : group * 16 + digit;
    digits += 1;
  }
  if (group >= 0) groups.push(group);
  if (gapAt < 0 ? groups.length !== 8 : groups.length > 7) return undefined;
  if (gapAt >= 0) groups.splice(gapAt, 0, ...ZEROS.slice(groups.length));
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 65_536 + (groups[at + 1] ?? 0));
}

const ZEROS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

function hexDigit(code: number): number {
  const digit = code - ZERO;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (code | 0x20) - LETTER_A;
  return letter >= 0 && letter <= 5 ? letter + 10 : -1;
}

/** With an IPv4 address at its end; one with a zone is none that a packet carries. */
function parseRareIpv6(text: string): AddressValue | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const parts = ipaddr.IPv6.parse(text).parts;
  return [0, 2, 4, 6].map((at) => (parts[at] ?? 0) * 65_536 + (parts[at + 1] ?? 0));
}
