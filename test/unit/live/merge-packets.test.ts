import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergePackets } from '../../../src/live/merge-packets.ts';
import { gather, inChunks } from '../../helpers/chunks.ts';
import { pcapStream, readPcapng } from '../../helpers/pcap-bytes.ts';

const merged = async (sources: Parameters<typeof mergePackets>[0]) =>
  readPcapng(Buffer.concat(await gather(mergePackets(sources))));

describe('several captures in one pcapng file', () => {
  test('keep each packet, its time to the nanosecond, and the name of where it was seen', async () => {
    const packet = fc.record({
      seconds: fc.nat(0xffffffff),
      fraction: fc.nat(999_999_999),
      bytes: fc.uint8Array({ maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(packet, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        async (streams) => {
          const sources = streams.map((packets, index) => ({
            name: `web${index}/eth0`,
            packets: inChunks(pcapStream(packets, { nanoseconds: true }), [index + 5]),
          }));
          const { interfaces, packets } = await merged(sources);
          expect(interfaces.map(({ name }) => name).sort()).toEqual(sources.map(({ name }) => name));
          for (const [index, { name }] of sources.entries())
            expect(packets.filter(({ link }) => link === name)).toEqual(
              streams[index]?.map(({ seconds, fraction, bytes }) => ({
                link: name,
                timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction),
                bytes,
                originalLength: bytes.length + 100,
              })),
            );
        },
      ),
    );
  });

  test('keep the link types apart', async () => {
    const { interfaces } = await merged([
      { name: 'web/eth0', packets: inChunks(pcapStream([], { linkType: 1 }), [99]) },
      { name: 'db', packets: inChunks(pcapStream([], { linkType: 276 }), [99]) },
    ]);
    expect(interfaces).toEqual([
      { name: 'web/eth0', linkType: 1 },
      { name: 'db', linkType: 276 },
    ]);
  });

  test('do not wait for one that is silent', async () => {
    const silent = Promise.withResolvers<void>();
    const quiet = async function* (): AsyncIterable<Uint8Array> {
      await silent.promise;
      yield new Uint8Array(0);
    };
    const busy = pcapStream([{ seconds: 1, fraction: 0, bytes: Uint8Array.of(7) }]);
    const stream = mergePackets([
      { name: 'quiet', packets: quiet() },
      { name: 'busy', packets: inChunks(busy, [99]) },
    ])[Symbol.asyncIterator]();
    const blocks: Uint8Array[] = [];
    for (const _ of [1, 2, 3]) blocks.push((await stream.next()).value);
    expect(readPcapng(Buffer.concat(blocks)).packets).toHaveLength(1);
    silent.resolve();
    expect((await stream.next()).done).toBe(true);
  });
});
