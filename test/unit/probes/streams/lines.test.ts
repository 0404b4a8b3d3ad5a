import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLines } from '../../../../probes/streams/lines.ts';
import { gather, inChunks } from '../../../helpers/chunks.ts';

const lines = (bytes: Uint8Array, sizes: readonly number[]) => gather(readLines(inChunks(bytes, sizes)));

describe('lines of a stream', () => {
  test('are the same however the stream is cut, inside of characters too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '数', '🐳', ' ') }), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (expected, sizes) => {
          const bytes = new TextEncoder().encode(expected.map((line) => `${line}\n`).join(''));
          expect(await lines(bytes, sizes)).toEqual(expected);
        },
      ),
    );
  });

  test('include a last one without an end', async () => {
    expect(await lines(Buffer.from('one\ntwo'), [2])).toEqual(['one', 'two']);
  });

  test('are none of an empty stream', async () => {
    expect(await lines(new Uint8Array(0), [1])).toEqual([]);
  });

  test('without end are cut, so that they cannot fill the memory', async () => {
    const [endless = ''] = await lines(Buffer.alloc(1_000_000, 'x'), [1000]);
    expect(endless.length).toBeLessThan(20_000);
  });
});
