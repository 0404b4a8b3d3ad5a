/** The pcap stream that tcpdump writes (pcap-savefile(5)): a header, then packets. */

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Bytes of one packet; tcpdump's own largest snapshot length (MAXIMUM_SNAPLEN). */
const LARGEST_PACKET = 262_144;

export type PcapHeader = { readonly linkType: number; readonly snapLength: number };

export type PcapPacket = {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  /** The bytes that were kept. */
  readonly bytes: Uint8Array;
  /** The packet's full length on the wire. */
  readonly originalLength: number;
};

export type PcapItem =
  | ({ readonly kind: 'header' } & PcapHeader)
  | ({ readonly kind: 'packet' } & PcapPacket);

/** Yields the header and then each packet. Throws on bytes that are no pcap stream; an incomplete end is dropped. */
export async function* readPcap(stream: AsyncIterable<Uint8Array>): AsyncIterable<PcapItem> {
  let rest: Uint8Array = new Uint8Array(0);
  let unitNs: bigint | undefined;
  for await (const chunk of stream) {
    rest = concatenate(rest, chunk);
    if (unitNs === undefined) {
      if (rest.length < FILE_HEADER_BYTES) continue;
      const header = viewOf(rest);
      unitNs = timeUnit(header.getUint32(0, true));
      yield {
        kind: 'header',
        snapLength: header.getUint32(16, true),
        linkType: header.getUint32(20, true) & 0xffff,
      };
      rest = rest.subarray(FILE_HEADER_BYTES);
    }
    for (let packet = takePacket(rest, unitNs); packet; packet = takePacket(rest, unitNs)) {
      rest = rest.subarray(RECORD_HEADER_BYTES + packet.bytes.length);
      yield { kind: 'packet', ...packet };
    }
  }
}

function timeUnit(magic: number): bigint {
  if (magic === MAGIC_MICROSECONDS) return 1000n;
  if (magic === MAGIC_NANOSECONDS) return 1n;
  throw new Error('tcpdump did not write a pcap stream');
}

function takePacket(bytes: Uint8Array, unitNs: bigint): PcapPacket | undefined {
  if (bytes.length < RECORD_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint32(8, true);
  if (length > LARGEST_PACKET) throw new Error('tcpdump wrote a packet longer than it can');
  if (bytes.length < RECORD_HEADER_BYTES + length) return undefined;
  return {
    timeNs: BigInt(view.getUint32(0, true)) * 1_000_000_000n + BigInt(view.getUint32(4, true)) * unitNs,
    originalLength: view.getUint32(12, true),
    bytes: bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + length),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
