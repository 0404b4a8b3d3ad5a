/** Netlink messages: the header and its framing (struct nlmsghdr, linux/netlink.h; RFC 3549). */

const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;
const NLM_F_DUMP_INTR = 0x10;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const HEADER_BYTES = 16;

/** A request: message type, the family's own header, attributes. */
export type Request = {
  readonly type: number;
  readonly header: Uint8Array;
  readonly attributes?: readonly Uint8Array[];
  /** All entries of a table instead of one. */
  readonly dump: boolean;
  /** Further NLM_F_* flags. */
  readonly flags?: number;
};

/** The request's bytes with this sequence number. */
export function encodeRequest(request: Request, sequence: number): Uint8Array {
  const parts = [request.header, ...(request.attributes ?? [])];
  const length = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, request.type, true);
  view.setUint16(6, NLM_F_REQUEST | (request.dump ? NLM_F_DUMP : 0) | (request.flags ?? 0), true);
  view.setUint32(8, sequence, true);
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A payload inside a datagram: `view` from `start` (after the header) to `end`. */
export type Payload = {
  readonly type: number;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
};

export type Datagram = {
  readonly payloads: readonly Payload[];
  /** NLMSG_DONE or an acknowledgement was seen: nothing more will come. */
  readonly done: boolean;
  /** The kernel marked the dump as inconsistent (NLM_F_DUMP_INTR): read it again. */
  readonly interrupted: boolean;
  /** A positive errno, where the kernel refused. */
  readonly errno: number;
};

/** Splits a datagram. With a `sequence`, messages of other requests are passed over. */
export function decodeDatagram(bytes: Uint8Array, sequence?: number): Datagram {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloads: Payload[] = [];
  let done = false;
  let interrupted = false;
  let errno = 0;
  let at = 0;
  while (at + HEADER_BYTES <= view.byteLength) {
    const length = view.getUint32(at, true);
    if (length < HEADER_BYTES || at + length > view.byteLength) break;
    const type = view.getUint16(at + 4, true);
    if (sequence === undefined || view.getUint32(at + 8, true) === sequence) {
      if ((view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) !== 0) interrupted = true;
      if (type === NLMSG_ERROR || type === NLMSG_DONE) {
        done = true;
        if (length >= HEADER_BYTES + 4) errno = -view.getInt32(at + HEADER_BYTES, true);
      } else payloads.push({ type, view, start: at + HEADER_BYTES, end: at + length });
    }
    at += (length + 3) & ~3;
  }
  return { payloads, done, interrupted, errno };
}
