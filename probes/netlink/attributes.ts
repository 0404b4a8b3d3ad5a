/** Netlink attributes: type-length-value records aligned to 4 bytes (struct nlattr, linux/netlink.h). */

/** NLA_F_NESTED and NLA_F_NET_BYTEORDER are flags in the type's upper bits. */
const TYPE_MASK = 0x3fff;
const HEADER_BYTES = 4;

/** Bytes of a message: from `at` to before `end`. */
export type Span = { readonly view: DataView; readonly at: number; readonly end: number };

/** What the first attribute of a type holds, among those in a span; undefined where there is none. */
export function findAttribute({ view, at: start, end }: Span, type: number): Span | undefined {
  let at = start;
  while (at + HEADER_BYTES <= end) {
    const size = view.getUint16(at, true);
    if (size < HEADER_BYTES || at + size > end) return undefined;
    if ((view.getUint16(at + 2, true) & TYPE_MASK) === type)
      return { view, at: at + HEADER_BYTES, end: at + size };
    at += align4(size);
  }
  return undefined;
}

/** Calls `visit` with the type, first byte and length of each attribute between `start` and `end`; stops at a malformed one. */
export function eachAttribute(
  view: DataView,
  start: number,
  end: number,
  visit: (type: number, at: number, length: number) => void,
): void {
  let at = start;
  while (at + HEADER_BYTES <= end) {
    const size = view.getUint16(at, true);
    if (size < HEADER_BYTES || at + size > end) return;
    visit(view.getUint16(at + 2, true) & TYPE_MASK, at + HEADER_BYTES, size - HEADER_BYTES);
    at += align4(size);
  }
}

/** The bytes of an attribute as a NUL-terminated string's bytes, without the NUL. */
export function stringBytes(view: DataView, at: number, length: number): Uint8Array {
  const bytes = bytesOf(view, at, length);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** The bytes of an attribute, not copied. */
export function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** An attribute to send. */
export function attribute(type: number, value: Uint8Array): Uint8Array {
  const record = new Uint8Array(align4(HEADER_BYTES + value.length));
  const view = new DataView(record.buffer);
  view.setUint16(0, HEADER_BYTES + value.length, true);
  view.setUint16(2, type, true);
  record.set(value, HEADER_BYTES);
  return record;
}

/** A 32-bit attribute to send, in host byte order. */
export function attribute32(type: number, value: number): Uint8Array {
  return attribute(type, new Uint8Array(Uint32Array.of(value).buffer));
}

function align4(length: number): number {
  return (length + 3) & ~3;
}
