/** pcap streams built by hand (pcap-savefile(5)), and a tiny reader of pcapng (draft-ietf-opsawg-pcapng), for tests. */

export type MadePacket = { readonly seconds: number; readonly fraction: number; readonly bytes: Uint8Array };

/** A stream as tcpdump writes it, with microseconds or nanoseconds. */
export function pcapStream(
  packets: readonly MadePacket[],
  { nanoseconds = false, linkType = 1 } = {},
): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkType, 20);
  const records = packets.map(({ seconds, fraction, bytes }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(seconds, 0);
    record.writeUInt32LE(fraction, 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length + 100, 12);
    return Buffer.concat([record, bytes]);
  });
  return new Uint8Array(Buffer.concat([header, ...records]));
}

export type ReadBack = {
  readonly interfaces: readonly { readonly name: string; readonly linkType: number }[];
  readonly packets: readonly {
    readonly link: string;
    readonly timeNs: bigint;
    readonly bytes: Uint8Array;
    readonly originalLength: number;
  }[];
};

/** Reads what a pcapng file holds. Throws where a block's two lengths differ, or the file does not begin as it must. */
export function readPcapng(file: Uint8Array): ReadBack {
  const bytes = Buffer.from(file);
  const interfaces: { name: string; linkType: number }[] = [];
  const packets: ReadBack['packets'][number][] = [];
  if (bytes.readUInt32LE(0) !== 0x0a0d0d0a || bytes.readUInt32LE(8) !== 0x1a2b3c4d)
    throw new Error('no pcapng');
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    if (length % 4 !== 0 || bytes.readUInt32LE(at + length - 4) !== length)
      throw new Error(`bad block at ${at}`);
    const type = bytes.readUInt32LE(at);
    const body = bytes.subarray(at + 8, at + length - 4);
    if (type === 1) {
      const options = readOptions(body.subarray(8));
      if (options.get(9)?.[0] !== 9) throw new Error('times are not in nanoseconds');
      interfaces.push({ name: options.get(2)?.toString() ?? '', linkType: body.readUInt16LE(0) });
    } else if (type === 6) {
      const timeNs = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8));
      packets.push({
        link: interfaces[body.readUInt32LE(0)]?.name ?? '',
        timeNs,
        bytes: new Uint8Array(body.subarray(20, 20 + body.readUInt32LE(12))),
        originalLength: body.readUInt32LE(16),
      });
    }
    at += length;
  }
  return { interfaces, packets };
}

function readOptions(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at + 2);
    if (bytes.readUInt16LE(at) === 0) break;
    options.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}
