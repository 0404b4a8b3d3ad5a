/** What a tap heard, from its network header on (RFC 791, 8200, 9293, 768, 792, 4443): the probe, its answer, or an error about it. */
import { addressText } from '../../../probes/netlink/rtnetlink.ts';
import { PROTOCOL, TCP_FLAG } from '../../path/netfilter/packet.ts';
import { type Mark, next32, protocolOf } from './mark.ts';

export type ReadPacket = {
  /** `error`: an ICMP error about the probe or its answer. */
  readonly what: 'request' | 'answer' | 'error';
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl: number;
  /** The answer is a refusal: RST. */
  readonly reset?: true;
  readonly icmp?: { readonly type: number; readonly code: number };
};

const IPV6_HEADER_BYTES = 40;
const ECHO_REQUEST = { ipv4: 8, ipv6: 128 } as const;
const ECHO_ANSWER = { ipv4: 0, ipv6: 129 } as const;

/** Undefined for what only looked alike: a later packet of the connection, another's echo, a truncated one. */
export function readPacket(bytes: Uint8Array, mark: Mark): ReadPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readIp(view, bytes, mark);
  } catch (error) {
    // A read beyond the end: the packet is shorter than its headers say.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readIp(view: DataView, bytes: Uint8Array, mark: Mark): ReadPacket | undefined {
  const isV4 = mark.family === 'ipv4';
  if (view.getUint8(0) >> 4 !== (isV4 ? 4 : 6)) return undefined;
  const at = isV4 ? (view.getUint8(0) & 0x0f) * 4 : IPV6_HEADER_BYTES;
  const protocol = view.getUint8(isV4 ? 9 : 6);
  const address = (from: number) => addressText(bytes.subarray(from, from + (isV4 ? 4 : 16)));
  const ends = {
    source: address(isV4 ? 12 : 8),
    destination: address(isV4 ? 16 : 24),
    ttl: view.getUint8(isV4 ? 8 : 7),
  };
  if (protocol !== protocolOf(mark)) return { what: 'error', ...ends, icmp: icmpAt(view, at) };
  if (mark.proto === 'icmp') return readIcmp(view, at, mark, ends);
  const ports = { sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
  const told = protocol === PROTOCOL.tcp ? readTcp(view, at, mark) : readUdp(view, at, mark, ports);
  return told && { ...told, ...ends, ...ports };
}

function readTcp(
  view: DataView,
  at: number,
  { token }: Mark,
): Pick<ReadPacket, 'what' | 'reset'> | undefined {
  const flags = view.getUint8(at + 13);
  if (flags & TCP_FLAG.syn && !(flags & TCP_FLAG.ack))
    return view.getUint32(at + 4) === token ? { what: 'request' } : undefined;
  const isAnswer = flags & (TCP_FLAG.syn | TCP_FLAG.rst) && view.getUint32(at + 8) === next32(token);
  if (!isAnswer) return undefined;
  return { what: 'answer', ...(flags & TCP_FLAG.rst ? { reset: true } : {}) };
}

/** A server may send the payload back, so the port decides where it can. */
function readUdp(
  view: DataView,
  at: number,
  { port, token }: Mark,
  { sourcePort, destinationPort }: { readonly sourcePort: number; readonly destinationPort: number },
): Pick<ReadPacket, 'what'> | undefined {
  if (sourcePort === port) return { what: 'request' };
  if (destinationPort === port) return { what: 'answer' };
  return view.byteLength >= at + 12 && view.getUint32(at + 8) === token ? { what: 'request' } : undefined;
}

function readIcmp(
  view: DataView,
  at: number,
  { family, token }: Mark,
  ends: Pick<ReadPacket, 'source' | 'destination' | 'ttl'>,
): ReadPacket | undefined {
  const { type, code } = icmpAt(view, at);
  const isOurs = () => view.getUint32(at + 8) === token;
  if (type === ECHO_REQUEST[family]) return isOurs() ? { what: 'request', ...ends } : undefined;
  if (type === ECHO_ANSWER[family]) return isOurs() ? { what: 'answer', ...ends } : undefined;
  return { what: 'error', ...ends, icmp: { type, code } };
}

function icmpAt(view: DataView, at: number): { readonly type: number; readonly code: number } {
  return { type: view.getUint8(at), code: view.getUint8(at + 1) };
}
