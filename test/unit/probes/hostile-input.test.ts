/** Rules, sets and snapshots that were damaged, or made by somebody who means ill, neither crash nor vanish. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Kind, readCorpus } from '../../helpers/hostile/corpus.ts';
import { hostileInput, mutate } from '../../helpers/hostile/mutations.ts';
import { readHostile } from '../../helpers/hostile/read-hostile.ts';

const corpus = readCorpus();

describe.each<[Kind, number]>([
  ['iptables', 1_500],
  ['nft', 1_500],
  ['words', 500],
  ['snapshot', 700],
  ['ipset', 1_000],
])('%s', (kind, runs) => {
  const specimens = corpus.filter((specimen) => specimen.kind === kind);
  const specimenOf = (index: number) => specimens[index % specimens.length] ?? { kind, text: '' };

  test('as it is printed, is read', () => {
    expect(specimens).not.toHaveLength(0);
    for (const specimen of specimens) readHostile(specimen);
  });

  test('with any damage, is read without a crash, and nothing of it is lost', () => {
    fc.assert(
      fc.property(hostileInput, ({ specimen, mutations }) =>
        readHostile({ kind, text: mutate(specimenOf(specimen), mutations) }),
      ),
      { numRuns: runs },
    );
  });
});
