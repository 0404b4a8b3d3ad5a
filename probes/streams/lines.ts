/** Bytes of a stream as lines of text, bounded: a line without end is cut rather than kept. */

/** Characters of one line; a capture line is about a hundred. */
const LONGEST_LINE = 16_384;

/** Yields the lines without their ends; a last line without one is yielded too. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
