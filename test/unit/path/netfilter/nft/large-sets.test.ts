/** Sets and maps of thousands of elements, asked by many rules. */
import { describe, expect, test } from 'vitest';
import type { NftElement, NftExpression } from '../../../../../src/model/nftables.ts';
import { compileLookup } from '../../../../../src/path/netfilter/nft/lookup.ts';
import { known, portReading, type Reading } from '../../../../../src/path/netfilter/nft/reading.ts';
import { compileSubject, type TableContext } from '../../../../../src/path/netfilter/nft/subject.ts';

const SIZE = 5_000;
const value = (port: number): NftExpression => ({ kind: 'value', value: port });

/** A set of ranges of two ports, each third port left out; as a map, each range has a chain of its own. */
const elements: readonly NftElement[] = Array.from({ length: SIZE }, (_, index) => ({
  key: { kind: 'range', first: value(3 * index), last: value(3 * index + 1) },
  value: { kind: 'jump', chain: `c${index}` },
}));

const context: TableContext = {
  family: 'inet',
  sets: new Map([
    ['ports', { name: 'ports', kind: 'map', keyTypes: ['inet_service'], flags: ['interval'], elements }],
  ]),
  filledSets: new Set(),
  emptiedSets: new Set(),
  setsPacketType: false,
};
const { datatype } = compileSubject({ kind: 'payload', protocol: 'tcp', field: 'dport' }, context);
const lookup = () => compileLookup({ kind: 'set-name', name: 'ports' }, [datatype], context);

describe('a large set', () => {
  test('tells each value from the others, however often and in which order it is asked', () => {
    const ports = [0, 1, 2, 3, 5, 14_996, 14_997, 14_998, 14_999, 15_000];
    const asked = [
      ...ports,
      ...ports.toReversed(),
      ...Array.from({ length: 100 }, (_, port) => port),
      ...ports,
    ];
    for (const port of asked)
      expect([port, lookup().has([known(port)])]).toEqual([
        port,
        port % 3 < 2 && port < 15_000 ? 'yes' : 'no',
      ]);
  });

  test('keeps apart what is known, what may be one of several, and what may be absent', () => {
    const readings: readonly (readonly [Reading, string])[] = [
      [known(3), 'yes'],
      [portReading({ first: 3, last: 4 }), 'yes'],
      [portReading({ first: 3, last: 5 }), 'unknown'],
      [portReading('ephemeral'), 'unknown'],
      [{ kind: 'bits', value: 3n, sure: 3n }, 'unknown'],
      [{ kind: 'unknown' }, 'unknown'],
      [known(20_000), 'no'],
    ];
    for (const [reading, holds] of [...readings, ...readings]) expect(lookup().has([reading])).toBe(holds);
  });

  test('says what a map holds for a few that may be meant, and of too many only that it is not known', () => {
    expect(lookup().find([known(3)])).toEqual({ values: [{ kind: 'jump', chain: 'c1' }], mayMiss: false });
    expect(lookup().find([portReading({ first: 3, last: 6 })])).toEqual({
      values: [1, 2].map((index) => ({ kind: 'jump', chain: `c${index}` })),
      mayMiss: true,
    });
    expect(lookup().find([portReading('ephemeral')])).toEqual({ values: [undefined], mayMiss: true });
  });
});
