/**
 * Packets as pcapng blocks, several links in one file, each with its name (draft-ietf-opsawg-pcapng: section header,
 * interface description, enhanced packet). Little-endian, nanosecond times.
 */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = { name: 2, application: 4, resolution: 9 } as const;
/** if_tsresol: a power of ten, so 9 is nanoseconds. */
const NANOSECONDS = 9;

/** The block that begins a file. */
export function sectionHeader(application: string): Uint8Array {
  const head = new DataView(new ArrayBuffer(16));
  head.setUint32(0, BYTE_ORDER_MAGIC, true);
  head.setUint16(4, 1, true);
  // Section length -1: not known, the file grows.
  head.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, [
    new Uint8Array(head.buffer),
    option(OPTION.application, text(application)),
    endOfOptions(),
  ]);
}

/** The block that describes the next interface; interfaces count from 0 in the order of their blocks. */
export function interfaceDescription(name: string, linkType: number, snapLength: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, linkType, true);
  head.setUint32(4, snapLength, true);
  return block(INTERFACE_DESCRIPTION, [
    new Uint8Array(head.buffer),
    option(OPTION.name, text(name)),
    option(OPTION.resolution, Uint8Array.of(NANOSECONDS)),
    endOfOptions(),
  ]);
}

/** A packet on the interface with this number. */
export function enhancedPacket(
  interfaceNumber: number,
  packet: { readonly timeNs: bigint; readonly bytes: Uint8Array; readonly originalLength: number },
): Uint8Array {
  const head = new DataView(new ArrayBuffer(20));
  head.setUint32(0, interfaceNumber, true);
  head.setUint32(4, Number(packet.timeNs >> 32n), true);
  head.setUint32(8, Number(packet.timeNs & 0xffffffffn), true);
  head.setUint32(12, packet.bytes.length, true);
  head.setUint32(16, packet.originalLength, true);
  return block(ENHANCED_PACKET, [new Uint8Array(head.buffer), packet.bytes]);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = parts.reduce((sum, part) => sum + align4(part.length), 0);
  const bytes = new Uint8Array(body + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(bytes.length - 4, bytes.length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += align4(part.length);
  }
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + align4(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

function endOfOptions(): Uint8Array {
  return new Uint8Array(4);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function align4(length: number): number {
  return (length + 3) & ~3;
}
