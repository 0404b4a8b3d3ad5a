/**
 * Questions for addresses, and the answers to them (RFC 1035, 4; AAAA: RFC 3596). An answer is hostile: nothing in it is read
 * twice, a name's pointers only lead backwards, and what does not fit is no answer.
 */
import { addressText } from '../../../probes/netlink/address-bytes.ts';
import { cleanText } from '../../model/clean-text.ts';

export type RecordType = 'A' | 'AAAA';

export type Question = { readonly id: number; readonly name: string; readonly type: RecordType };

export type Answer = {
  /** RCODE: 0 all is well, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED (RFC 1035, 4.1.1). */
  readonly code: number;
  /** Of the name, or of those that it is an alias for, as texts. */
  readonly addresses: readonly string[];
};

const TYPES = { A: 1, AAAA: 28 } as const;
const CNAME = 5;
const CLASS_INTERNET = 1;
const HEADER_BYTES = 12;
const FLAG_ANSWER = 0x8000;
const FLAG_RECURSION = 0x0100;
/** A name on the wire has 255 octets at most, and so as many labels and fewer pointers are read of one. */
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;
/** More than fit a datagram of 2,048 octets. */
const MOST_RECORDS = 170;

/** The datagram for a question. Throws `RangeError` for a name that fits none. */
export function encodeQuestion({ id, name, type }: Question): Uint8Array {
  const labels = name.split('.').map((label) => new TextEncoder().encode(label));
  const nameBytes = labels.reduce((sum, label) => sum + label.length + 1, 1);
  if (nameBytes > LONGEST_NAME || labels.some(({ length }) => length === 0 || length > LONGEST_LABEL))
    throw new RangeError(`no name for a question: ${name}`);
  const bytes = new Uint8Array(HEADER_BYTES + nameBytes + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id);
  view.setUint16(2, FLAG_RECURSION);
  view.setUint16(4, 1);
  let at = HEADER_BYTES;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.set(label, at + 1);
    at += label.length + 1;
  }
  view.setUint16(at + 1, TYPES[type]);
  view.setUint16(at + 3, CLASS_INTERNET);
  return bytes;
}

/** What answers this very question; undefined for any other datagram. A cut answer (TC) gives what is in it. */
export function decodeAnswer(bytes: Uint8Array, { id, name, type }: Question): Answer | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint16(2);
  if (view.getUint16(0) !== id || (flags & FLAG_ANSWER) === 0 || view.getUint16(4) !== 1) return undefined;
  const asked = readName(bytes, HEADER_BYTES);
  if (!asked || asked.name !== name.toLowerCase() || asked.end + 4 > bytes.length) return undefined;
  if (view.getUint16(asked.end) !== TYPES[type] || view.getUint16(asked.end + 2) !== CLASS_INTERNET)
    return undefined;
  const records = readRecords(bytes, asked.end + 4, Math.min(view.getUint16(6), MOST_RECORDS));
  return { code: flags & 0xf, addresses: addressesOf(records, asked.name, type) };
}

type Entry = {
  readonly owner: string;
  readonly type: number;
  readonly data: Uint8Array;
  readonly alias?: string;
};

/** Those that are whole, up to the first that is not. */
function readRecords(bytes: Uint8Array, start: number, count: number): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Entry[] = [];
  let at = start;
  while (records.length < count) {
    const owner = readName(bytes, at);
    if (!owner || owner.end + 10 > bytes.length) break;
    const type = view.getUint16(owner.end);
    const recordClass = view.getUint16(owner.end + 2);
    const data = owner.end + 10;
    const length = view.getUint16(owner.end + 8);
    if (data + length > bytes.length) break;
    at = data + length;
    const alias = type === CNAME ? readName(bytes, data) : undefined;
    records.push({
      owner: recordClass === CLASS_INTERNET ? owner.name : '',
      type,
      data: bytes.subarray(data, at),
      ...(alias ? { alias: alias.name } : {}),
    });
  }
  return records;
}

/** Follows aliases as long as there is a new one. */
function addressesOf(records: readonly Entry[], name: string, type: RecordType): readonly string[] {
  const names = new Set([name]);
  for (let before = 0; before < names.size; ) {
    before = names.size;
    for (const { owner, alias } of records) if (alias !== undefined && names.has(owner)) names.add(alias);
  }
  const found = records
    .filter((record) => record.type === TYPES[type] && names.has(record.owner))
    .flatMap(({ data }) => formatAddress(data, type) ?? []);
  return [...new Set(found)];
}

function formatAddress(data: Uint8Array, type: RecordType): string | undefined {
  return data.length === (type === 'A' ? 4 : 16) ? addressText(data) : undefined;
}

/** A name in lower case, and where what follows it begins. Undefined for one that is cut, too long, or led astray. */
function readName(
  bytes: Uint8Array,
  start: number,
): { readonly name: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let end: number | undefined;
  let length = 0;
  // Each pointer must lead before the part that holds it, so that none is met again.
  let part = start;
  for (let at = start; ; ) {
    const size = bytes[at];
    if (size === undefined) return undefined;
    if (size >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      const target = ((size & 0x3f) << 8) | low;
      if (target >= part || target < HEADER_BYTES) return undefined;
      end ??= at + 2;
      part = target;
      at = target;
      continue;
    }
    length += size + 1;
    if (size > LONGEST_LABEL || length > LONGEST_NAME || at + size >= bytes.length) return undefined;
    if (size === 0) return { name: cleanText(labels.join('.').toLowerCase()), end: end ?? at + 1 };
    labels.push(new TextDecoder('latin1').decode(bytes.subarray(at + 1, at + 1 + size)));
    at += size + 1;
  }
}
