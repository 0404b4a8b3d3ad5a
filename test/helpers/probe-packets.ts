/** Packets as a tap would hear them, from the network header on: a probe, what answers it, and what only looks alike. */
import { addressBytes } from '../../probes/netlink/address-bytes.ts';

export type PacketWords = {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** From the transport header on. */
  readonly body: Uint8Array;
  /** In units of 8 bytes; IPv4 only. */
  readonly fragmentOffset?: number;
};

/** Of IPv6 where the addresses are. */
export function ipPacket({
  source,
  destination,
  protocol,
  body,
  fragmentOffset = 0,
}: PacketWords): Uint8Array {
  const [from, to] = [addressBytes(source), addressBytes(destination)];
  const isV4 = from.length === 4;
  const header = new Uint8Array(isV4 ? 20 : 40);
  const view = new DataView(header.buffer);
  header[0] = isV4 ? 0x45 : 0x60;
  header[isV4 ? 8 : 7] = 63;
  header[isV4 ? 9 : 6] = protocol;
  if (isV4) view.setUint16(6, fragmentOffset);
  header.set(from, isV4 ? 12 : 8);
  header.set(to, isV4 ? 16 : 24);
  return Uint8Array.of(...header, ...body);
}

export function tcp(
  ports: readonly [number, number],
  flags: number,
  sequence = 0,
  acknowledged = 0,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint16(0, ports[0]);
  view.setUint16(2, ports[1]);
  view.setUint32(4, sequence);
  view.setUint32(8, acknowledged);
  view.setUint8(12, 0x50);
  view.setUint8(13, flags);
  return new Uint8Array(view.buffer);
}

export function udp(ports: readonly [number, number], token: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint16(0, ports[0]);
  view.setUint16(2, ports[1]);
  view.setUint16(4, 16);
  view.setUint32(8, token);
  return new Uint8Array(view.buffer);
}

export function icmp(type: number, code: number, id: number, token: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint16(4, id);
  view.setUint32(8, token);
  return new Uint8Array(view.buffer);
}

/** An ICMP error about a packet. */
export function icmpError(type: number, code: number, about: Uint8Array): Uint8Array {
  return Uint8Array.of(type, code, 0, 0, 0, 0, 0, 0, ...about);
}
