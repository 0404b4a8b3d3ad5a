/** Netlink messages built by hand, as the kernel lays them out (linux/netlink.h), to be read by the code under test. */
import type { Payload } from '../../probes/netlink/message.ts';

export const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
export const NLM_F_DUMP_INTR = 0x10;
const HEADER_BYTES = 16;

export type MessageOptions = { readonly sequence?: number; readonly flags?: number };

/** One message: struct nlmsghdr, then the parts in a row. */
export function message(
  type: number,
  parts: readonly Uint8Array[],
  { sequence = 1, flags = 0 }: MessageOptions = {},
): Uint8Array {
  const body = Buffer.concat(parts);
  const bytes = Buffer.alloc(HEADER_BYTES + ((body.length + 3) & ~3));
  bytes.writeUInt32LE(HEADER_BYTES + body.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  body.copy(bytes, HEADER_BYTES);
  return new Uint8Array(bytes);
}

/** The end of a dump. */
export function done(options?: MessageOptions): Uint8Array {
  return message(NLMSG_DONE, [int32(0)], options);
}

/** struct nlattr and its value, padded. */
export function attr(type: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(values);
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}

export const int8 = (value: number): Uint8Array => Uint8Array.of(value);
export const int16 = (value: number): Uint8Array => new Uint8Array(Uint16Array.of(value).buffer);
export const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
export const int64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);
/** A NUL-terminated string. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);
export const ipv4 = (address: string): Uint8Array => Uint8Array.from(address.split('.'), Number);

/** A message's payload as a probe is handed it; it does not begin at 0, as in a datagram of several. */
export function payload(...parts: readonly Uint8Array[]): Payload {
  const bytes = message(0, parts);
  return {
    type: 0,
    view: new DataView(bytes.buffer),
    start: HEADER_BYTES,
    end: HEADER_BYTES + Buffer.concat(parts).length,
  };
}
