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

/** The words of a mask with the first `length` bits set; `words` is 1 or 4. */
export function maskOf(length: number, words: number): AddressValue {
  return Array.from({ length: words }, (_, index) => {
    const bits = Math.min(Math.max(length - index * 32, 0), 32);
    return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  });
}

export function applyMask(value: AddressValue, mask: AddressValue): AddressValue {
  return value.map((word, index) => (word & (mask[index] ?? 0)) >>> 0);
}

const DOT = 46;
const ZERO = 48;

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
  if (text.includes('.') || text.includes('%')) return parseRareIpv6(text);
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  if (!front || !back) return undefined;
  const gap = 8 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const groups = [...front, ...new Array<number>(gap).fill(0), ...back];
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 65_536 + (groups[at + 1] ?? 0));
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

/** With an IPv4 address at its end; one with a zone is none that a packet carries. */
function parseRareIpv6(text: string): AddressValue | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const parts = ipaddr.IPv6.parse(text).parts;
  return [0, 2, 4, 6].map((at) => (parts[at] ?? 0) * 65_536 + (parts[at + 1] ?? 0));
}
