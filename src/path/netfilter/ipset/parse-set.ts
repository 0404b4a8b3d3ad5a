/** The elements of an ipset, read once into numbers and found by address (ipset(8), 'SET TYPES'). */
import type { IpSet, IpSetEntry } from '../../../model/ipset.ts';
import { type Prefix, parsePrefix } from '../conditions/address.ts';
import { type AddressValue, applyMask } from '../conditions/address-value.ts';
import { parseMark } from '../conditions/mark.ts';
import { protocolNumber } from '../conditions/protocol-number.ts';

/** What one part of an element is compared with. */
export type Part =
  | { readonly kind: 'prefix'; readonly prefix: Prefix; readonly length: number }
  /** Without a protocol: TCP and UDP alike. Of ICMP the type and code, as `type << 8 | code`. */
  | { readonly kind: 'port'; readonly protocol?: number; readonly port: number }
  | { readonly kind: 'link'; readonly start: string; readonly whole: boolean }
  | { readonly kind: 'mac'; readonly mac: string }
  | { readonly kind: 'mark'; readonly mark: number }
  /** Not understood: it may be anything. */
  | { readonly kind: 'unknown' };

export type Element = { readonly parts: readonly Part[]; readonly nomatch: boolean };

export type ParsedSet = {
  /** The kinds of the parts: `ip`, `net`, `port`, `iface`, `mac`, `mark`. */
  readonly dimensions: readonly string[];
  /**
   * Elements whose first part can be the packet's address, the most specific prefix first; without an address, those
   * whose first part is none.
   */
  readonly candidates: (first: AddressValue | undefined) => readonly Element[];
};

const known = new WeakMap<IpSet, ParsedSet>();

/** The set ready to be asked; read once for each that was scanned. */
export function parseSet(set: IpSet): ParsedSet {
  const before = known.get(set);
  if (before) return before;
  const dimensions = (set.type.split(':')[1] ?? '').split(',');
  const elements = set.entries.map((entry) => parseElement(entry, dimensions, set.netmask));
  const parsed = { dimensions, candidates: indexed(elements) };
  known.set(set, parsed);
  return parsed;
}

function parseElement(
  { element, nomatch }: IpSetEntry,
  dimensions: readonly string[],
  netmask: string | undefined,
): Element {
  const [key = '', ...options] = element.split(' ');
  const texts = key.split(',');
  // A link's name may hold a comma: it is the last part.
  const last = dimensions.length - 1;
  const parts = dimensions.map((dimension, at) =>
    parsePart(dimension, at === last ? texts.slice(at).join(',') : texts[at], options, netmask),
  );
  return { parts, nomatch };
}

function parsePart(
  dimension: string,
  text: string | undefined,
  options: readonly string[],
  netmask: string | undefined,
): Part {
  if (text === undefined || text === '') return { kind: 'unknown' };
  if (dimension === 'ip' || dimension === 'net') return parseAddressPart(text, netmask);
  if (dimension === 'port') return parsePort(text);
  if (dimension === 'mac') return { kind: 'mac', mac: text.toLowerCase() };
  if (dimension === 'mark') {
    const mark = parseMark(text);
    return mark === undefined ? { kind: 'unknown' } : { kind: 'mark', mark };
  }
  if (dimension !== 'iface' || text.startsWith('physdev:')) return { kind: 'unknown' };
  return { kind: 'link', start: text, whole: !options.includes('wildcard') };
}

function parseAddressPart(text: string, netmask: string | undefined): Part {
  const prefix = parsePrefix(text.includes('/') || netmask === undefined ? text : `${text}/${netmask}`);
  return prefix
    ? { kind: 'prefix', prefix, length: prefix.mask.reduce((bits, word) => bits + bitsOf(word), 0) }
    : { kind: 'unknown' };
}

/** `tcp:80`, `icmp:8/0`, `47:0`, `80`. */
function parsePort(text: string): Part {
  const [, , name, number, code] = /^((.+):)?(\d{1,5})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (number === undefined) return { kind: 'unknown' };
  const port = code === undefined ? Number(number) : Number(number) * 256 + Number(code);
  if (name === undefined) return { kind: 'port', port };
  const protocol = protocolNumber(name);
  return protocol === undefined ? { kind: 'unknown' } : { kind: 'port', protocol, port };
}

function bitsOf(word: number): number {
  let bits = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits += 1;
  return bits;
}

/** The kernel looks for the longest prefixes first, those of the first part before those of the last. */
function bySpecificity(one: Element, other: Element): number {
  for (let at = 0; at < one.parts.length; at += 1) {
    const difference = lengthOf(other.parts[at]) - lengthOf(one.parts[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function lengthOf(part: Part | undefined): number {
  return part?.kind === 'prefix' ? part.length : 0;
}

/** Elements whose first part has the same mask, by its masked address. */
type Bucket = {
  readonly mask: AddressValue;
  readonly length: number;
  readonly at: Map<number | string, Element[]>;
};

/** Elements by mask and masked address; those without an address are always candidates. */
function indexed(elements: readonly Element[]): ParsedSet['candidates'] {
  const buckets: Bucket[] = [];
  const others: Element[] = [];
  let last: Bucket | undefined;
  for (const element of elements) {
    const [first] = element.parts;
    if (first?.kind !== 'prefix') {
      others.push(element);
      continue;
    }
    const { mask, value } = first.prefix;
    if (!last || last.mask !== mask) {
      last = buckets.find((bucket) => isSame(bucket.mask, mask));
      if (!last) {
        last = { mask, length: first.length, at: new Map() };
        buckets.push(last);
      }
    }
    const same = last.at.get(keyOf(value));
    if (same) same.push(element);
    else last.at.set(keyOf(value), [element]);
  }
  buckets.sort((one, other) => other.length - one.length);
  others.sort(bySpecificity);
  return (address) => {
    if (!address) return others;
    const found = buckets.flatMap(({ mask, at }) =>
      mask.length === address.length
        ? (at.get(keyOf(applyMask(address, mask))) ?? []).toSorted(bySpecificity)
        : [],
    );
    return [...found, ...others];
  };
}

function isSame(one: AddressValue, other: AddressValue): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

function keyOf(value: AddressValue): number | string {
  return value.length === 1 ? (value[0] ?? 0) : value.join();
}
