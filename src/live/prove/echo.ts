/** Echo requests, and the answers to them (RFC 792, RFC 4443). */
import { type Mark, protocolOf } from './mark.ts';

const HEADER_BYTES = 8;
/** Of a payload: the token, and four bytes of zero as timestamps of ping(8) take. */
const LEAST_PAYLOAD_BYTES = 8;
const REQUEST = { ipv4: 8, ipv6: 128 } as const;
const ANSWER = { ipv4: 0, ipv6: 129 } as const;

/** The token, and zeros up to this size. */
export function payload({ token }: Mark, bytes = LEAST_PAYLOAD_BYTES): Uint8Array {
  const filled = new Uint8Array(Math.max(bytes, LEAST_PAYLOAD_BYTES));
  new DataView(filled.buffer).setUint32(0, token);
  return filled;
}

/** An echo request with so many bytes of payload; the checksum of ICMPv6 is the kernel's to fill in. */
export function echoRequest(mark: Mark, sequence: number, payloadBytes?: number): Uint8Array {
  const body = payload(mark, payloadBytes);
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, REQUEST[mark.family]);
  view.setUint16(4, mark.port);
  view.setUint16(6, sequence);
  bytes.set(body, HEADER_BYTES);
  if (mark.family === 'ipv4') view.setUint16(2, checksum(view));
  return bytes;
}

/** Whether what a raw socket received is the answer: in IPv4 it comes with its IP header (raw(7)), in IPv6 without. */
export function isEchoAnswer(received: Uint8Array, mark: Mark): boolean {
  const at = mark.family === 'ipv4' ? ((received[0] ?? 0) & 0x0f) * 4 : 0;
  if (received.length < at + HEADER_BYTES + 4) return false;
  const view = new DataView(received.buffer, received.byteOffset + at);
  return (
    view.getUint8(0) === ANSWER[mark.family] &&
    view.getUint16(4) === mark.port &&
    view.getUint32(HEADER_BYTES) === mark.token
  );
}

/** Of the RFC 1071 kind, over an even number of bytes and what may follow them. */
function checksum(view: DataView): number {
  let sum = 0;
  for (let at = 0; at + 1 < view.byteLength; at += 2) sum += view.getUint16(at);
  if (view.byteLength % 2 === 1) sum += view.getUint8(view.byteLength - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What a raw socket must hear: of all ICMP, the answers alone. */
export function echoFilter({ family }: Mark): {
  readonly level: number;
  readonly option: number;
  readonly value: Uint8Array;
} {
  // ICMP_FILTER (raw(7)) and ICMP6_FILTER (RFC 3542) are masks of the types that are kept out.
  if (family === 'ipv4')
    return { level: 255, option: 1, value: new Uint8Array(Uint32Array.of(~(1 << ANSWER.ipv4)).buffer) };
  const words = new Uint32Array(8).fill(0xffffffff);
  const word = ANSWER.ipv6 >> 5;
  words[word] = ~(1 << (ANSWER.ipv6 & 31));
  return { level: protocolOf({ family, proto: 'icmp' }), option: 1, value: new Uint8Array(words.buffer) };
}
