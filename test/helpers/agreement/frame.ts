/**
 * Ethernet, ARP, IPv4, IPv6, TCP, UDP and ICMP, as small as a test needs them (RFC 826, 791, 8200, 9293, 768, 792,
 * 4443). Every packet carries a tag that nothing on its way changes: IPv4's identification, IPv6's flow label; once more behind
 * the ports, for readers that see no IP header.
 */
import ipaddr from 'ipaddr.js';

const ETHERNET = { ipv4: 0x0800, ipv6: 0x86dd, arp: 0x0806 } as const;
const HEADER_BYTES = { ethernet: 14, ipv4: 20, ipv6: 40, tcp: 20, udp: 8, icmp: 8 } as const;
/** Bytes after the transport header of all but TCP: a datagram of 32 bytes. */
const PAYLOAD_BYTES = 32;

/** A TCP packet's sequence number is its tag and a multiple of this. */
export const TCP_SEQUENCE_STEP = 1_000_000;

/** An IP packet, as far as these tests look at one. */
export type WirePacket = {
  readonly family: 'ipv4' | 'ipv6';
  readonly source: string;
  readonly destination: string;
  /** IANA number: 1, 6, 17 or 58. */
  readonly protocol: number;
  /** Of ICMP: the identifier, in both. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcpFlags: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  readonly sequence: number;
  readonly acknowledge: number;
  readonly ttl: number;
  readonly dscp: number;
  /** 1 to 65535. */
  readonly tag: number;
  /** Of an ICMP error, the packet that it speaks of. */
  readonly quoted?: WirePacket;
};

/** The packet's bytes, with right checksums. */
export function encodePacket(packet: WirePacket): Uint8Array {
  const source = addressBytes(packet.source);
  const destination = addressBytes(packet.destination);
  const transport = encodeTransport(packet);
  const pseudo = new Uint8Array(source.length * 2 + 4);
  pseudo.set(source);
  pseudo.set(destination, source.length);
  new DataView(pseudo.buffer).setUint16(pseudo.length - 4, transport.length);
  pseudo[pseudo.length - 1] = packet.protocol;
  const covered = packet.protocol === 1 ? [transport] : [pseudo, transport];
  const at = { 1: 2, 6: 16, 17: 6, 58: 2 }[packet.protocol] ?? 0;
  new DataView(transport.buffer).setUint16(at, checksum(...covered) || 0xffff);
  const header = packet.family === 'ipv4' ? new Uint8Array(20) : new Uint8Array(40);
  const view = new DataView(header.buffer);
  if (packet.family === 'ipv4') {
    view.setUint16(0, 0x4500 | (packet.dscp << 2));
    view.setUint16(2, header.length + transport.length);
    view.setUint16(4, packet.tag);
    view.setUint16(6, 0x4000);
    view.setUint8(8, packet.ttl);
    view.setUint8(9, packet.protocol);
    header.set(source, 12);
    header.set(destination, 16);
    view.setUint16(10, checksum(header));
  } else {
    view.setUint32(0, 0x60000000 + packet.dscp * 2 ** 22 + packet.tag);
    view.setUint16(4, transport.length);
    view.setUint8(6, packet.protocol);
    view.setUint8(7, packet.ttl);
    header.set(source, 8);
    header.set(destination, 24);
  }
  return concat(header, transport);
}

function encodeTransport(packet: WirePacket): Uint8Array {
  const { protocol } = packet;
  if (packet.quoted) return encodeError(packet, packet.quoted);
  const bytes = new Uint8Array(protocol === 6 ? HEADER_BYTES.tcp : HEADER_BYTES.udp + PAYLOAD_BYTES);
  const view = new DataView(bytes.buffer);
  if (protocol === 1 || protocol === 58) {
    view.setUint8(0, packet.icmpType);
    view.setUint8(1, packet.icmpCode);
    view.setUint16(4, packet.sourcePort);
    view.setUint16(6, packet.tag);
    return bytes;
  }
  view.setUint16(0, packet.sourcePort);
  view.setUint16(2, packet.destinationPort);
  if (protocol === 17) {
    view.setUint16(4, bytes.length);
    view.setUint16(8, packet.tag);
    return bytes;
  }
  view.setUint32(4, packet.sequence);
  view.setUint32(8, packet.acknowledge);
  view.setUint8(12, 0x50);
  view.setUint8(13, packet.tcpFlags);
  view.setUint16(14, 0x7000);
  return bytes;
}

/** The word after the checksum is not used by 'unreachable' (RFC 792, RFC 4443): the tag stands in it. */
function encodeError({ icmpType, icmpCode, tag }: WirePacket, quoted: WirePacket): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES.icmp);
  const view = new DataView(head.buffer);
  view.setUint8(0, icmpType);
  view.setUint8(1, icmpCode);
  view.setUint16(6, tag);
  return concat(head, encodePacket(quoted));
}

/** A packet in an Ethernet frame. */
export function encodeFrame(packet: WirePacket, sourceMac: string, destinationMac: string): Uint8Array {
  const header = ethernet(sourceMac, destinationMac, ETHERNET[packet.family]);
  return concat(header, encodePacket(packet));
}

/** An ARP request for `target` (RFC 826), to which the owner answers whatever its rules for IP are. */
export function encodeArp(
  sourceMac: string,
  source: string,
  destinationMac: string,
  target: string,
): Uint8Array {
  const body = new Uint8Array(28);
  body.set([0, 1, 8, 0, 6, 4, 0, 1]);
  body.set(macBytes(sourceMac), 8);
  body.set(addressBytes(source), 14);
  body.set(addressBytes(target), 24);
  return concat(ethernet(sourceMac, destinationMac, ETHERNET.arp), body);
}

function ethernet(sourceMac: string, destinationMac: string, type: number): Uint8Array {
  return concat(macBytes(destinationMac), macBytes(sourceMac), Uint8Array.of(type >> 8, type & 0xff));
}

/** What a frame holds: `arp`, an IP packet with what follows its headers, or nothing that matters here. */
export type Decoded =
  | { readonly kind: 'arp' | 'other' }
  | { readonly kind: 'packet'; readonly packet: ReadPacket };

/** `innerTag`: the tag as it stands behind the ports. */
export type ReadPacket = WirePacket & { readonly innerTag: number };

export function decodeFrame(frame: Uint8Array): Decoded {
  const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
  if (type === ETHERNET.arp) return { kind: 'arp' };
  if (type !== ETHERNET.ipv4 && type !== ETHERNET.ipv6) return { kind: 'other' };
  const packet = decodePacket(frame.subarray(HEADER_BYTES.ethernet));
  return packet ? { kind: 'packet', packet } : { kind: 'other' };
}

/** An IP packet from its first byte on; undefined for one with a protocol or options that these tests do not send. */
export function decodePacket(bytes: Uint8Array): ReadPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES.ipv4) return undefined;
  const version = view.getUint8(0) >> 4;
  if (version === 4)
    return decodeTransport(bytes.subarray((view.getUint8(0) & 15) * 4), {
      family: 'ipv4',
      source: addressText(bytes.subarray(12, 16)),
      destination: addressText(bytes.subarray(16, 20)),
      protocol: view.getUint8(9),
      ttl: view.getUint8(8),
      dscp: view.getUint8(1) >> 2,
      tag: view.getUint16(4),
    });
  if (version !== 6 || bytes.length < HEADER_BYTES.ipv6) return undefined;
  return decodeTransport(bytes.subarray(HEADER_BYTES.ipv6), {
    family: 'ipv6',
    source: addressText(bytes.subarray(8, 24)),
    destination: addressText(bytes.subarray(24, 40)),
    protocol: view.getUint8(6),
    ttl: view.getUint8(7),
    dscp: (view.getUint16(0) >> 6) & 63,
    tag: view.getUint32(0) & 0xfffff,
  });
}

type Network = Pick<WirePacket, 'family' | 'source' | 'destination' | 'protocol' | 'ttl' | 'dscp' | 'tag'>;

/** A transport header, and what is known of the packet already. */
export function decodeTransport(bytes: Uint8Array, network: Network): ReadPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const none = {
    sourcePort: 0,
    destinationPort: 0,
    tcpFlags: 0,
    icmpType: 0,
    icmpCode: 0,
    sequence: 0,
    acknowledge: 0,
  };
  if (bytes.length < HEADER_BYTES.udp) return undefined;
  const ports = { sourcePort: view.getUint16(0), destinationPort: view.getUint16(2) };
  if (network.protocol === 17)
    return { ...none, ...network, ...ports, innerTag: bytes.length < 10 ? 0 : view.getUint16(8) };
  if (network.protocol === 6) {
    // An ICMP error may quote no more than 8 bytes of it.
    const whole = bytes.length >= HEADER_BYTES.tcp;
    return {
      ...none,
      ...network,
      ...ports,
      sequence: view.getUint32(4),
      innerTag: view.getUint32(4) % TCP_SEQUENCE_STEP,
      ...(whole ? { acknowledge: view.getUint32(8), tcpFlags: view.getUint8(13) } : {}),
    };
  }
  if (network.protocol !== 1 && network.protocol !== 58) return undefined;
  const icmpType = view.getUint8(0);
  const isError = network.protocol === 1 ? [3, 4, 5, 11, 12].includes(icmpType) : icmpType < 128;
  const quoted = isError ? decodePacket(bytes.subarray(HEADER_BYTES.icmp)) : undefined;
  const id = view.getUint16(4);
  return {
    ...none,
    ...network,
    sourcePort: id,
    destinationPort: id,
    icmpType,
    icmpCode: view.getUint8(1),
    innerTag: view.getUint16(6),
    ...(quoted ? { quoted } : {}),
  };
}

export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

export function addressText(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':').map((byte) => Number.parseInt(byte, 16)));
}

/** The Internet checksum over these parts as if they were one; all but the last have an even length (RFC 1071). */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
