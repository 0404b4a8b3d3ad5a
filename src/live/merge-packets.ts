/** Several pcap streams as one pcapng stream, each source an interface with its own name. */
import { readPcap } from '../../probes/streams/pcap.ts';
import { version } from '../version.ts';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../view/pcapng.ts';

export type PacketSource = { readonly name: string; readonly packets: AsyncIterable<Uint8Array> };

/** Yields pcapng blocks in the order packets arrive. Ends when every source has ended. */
export async function* mergePackets(sources: readonly PacketSource[]): AsyncIterable<Uint8Array> {
  yield sectionHeader(`netpeek ${version}`);
  // An interface's number is its description's place in the file, so it is given where the blocks are put in order.
  const numbers = new Map<PacketSource, number>();
  for await (const { source, item } of mergeStreams(sources.map(readSource))) {
    if (item.kind === 'header') {
      numbers.set(source, numbers.size);
      yield interfaceDescription(source.name, item.linkType, item.snapLength);
    } else yield enhancedPacket(numbers.get(source) ?? 0, item);
  }
}

async function* readSource(source: PacketSource) {
  for await (const item of readPcap(source.packets)) yield { source, item };
}

/** Items of all streams as they come. */
async function* mergeStreams<T>(streams: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = async (index: number) => ({ index, result: await iterators[index]?.next() });
  const waiting = new Map(iterators.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const { index, result } = await Promise.race(waiting.values());
      if (!result || result.done) waiting.delete(index);
      else {
        waiting.set(index, next(index));
        yield result.value;
      }
    }
  } finally {
    // A source that nobody reads any more must not wait for ever to be read. Its failure is told already, or moot.
    for (const last of waiting.values()) last.catch(() => undefined);
    for (const iterator of iterators) iterator.return?.()?.catch(() => undefined);
  }
}
