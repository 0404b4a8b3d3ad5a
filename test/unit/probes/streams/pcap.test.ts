import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PcapItem, readPcap } from '../../../../probes/streams/pcap.ts';
import { gather, inChunks } from '../../../helpers/chunks.ts';
import { pcapStream } from '../../../helpers/pcap-bytes.ts';

const read = (bytes: Uint8Array, sizes: readonly number[] = [64]) => gather(readPcap(inChunks(bytes, sizes)));
const packetsOf = (items: readonly PcapItem[]) =>
  items.flatMap((item) => (item.kind === 'packet' ? [item] : []));

const packet = fc.record({
  seconds: fc.nat(0xffffffff),
  fraction: fc.nat(999_999),
  bytes: fc.uint8Array({ maxLength: 60 }),
});

describe('a pcap stream', () => {
  test('gives its packets however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(packet, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (packets, sizes) => {
          const items = await read(pcapStream(packets), sizes);
          expect(items[0]).toEqual({ kind: 'header', linkType: 1, snapLength: 262_144 });
          expect(packetsOf(items)).toEqual(
            packets.map(({ seconds, fraction, bytes }) => ({
              kind: 'packet',
              timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * 1000n,
              bytes,
              originalLength: bytes.length + 100,
            })),
          );
        },
      ),
    );
  });

  test('with nanoseconds keeps them', async () => {
    const one = { seconds: 1, fraction: 999_999_999, bytes: Uint8Array.of(1) };
    const items = await read(pcapStream([one], { nanoseconds: true }));
    expect(packetsOf(items)[0]?.timeNs).toBe(1_999_999_999n);
  });

  test('that ends within a packet gives those before it', async () => {
    const one = { seconds: 1, fraction: 0, bytes: Uint8Array.of(1, 2, 3, 4) };
    const items = await read(pcapStream([one, one]).slice(0, -2));
    expect(packetsOf(items)).toHaveLength(1);
  });

  test('that is none is refused', async () => {
    await expect(read(Buffer.from('tcpdump: something went wrong'))).rejects.toThrow('pcap stream');
  });

  test('with an impossible length is refused, not gathered for ever', async () => {
    const bytes = pcapStream([{ seconds: 1, fraction: 0, bytes: new Uint8Array(4) }]);
    new DataView(bytes.buffer).setUint32(24 + 8, 0xffffff, true);
    await expect(read(bytes)).rejects.toThrow('longer');
  });
});
