/** Made-up wirings: namespaces and veth pairs between them, and what the kernel would say of each. */
import fc from 'fast-check';
import type { IsNsidOf } from '../../../src/discover/pair-links.ts';
import type { LinkFact } from '../../../src/model/link.ts';
import { linkFact } from '../../helpers/made-up.ts';

export type End = { readonly namespace: string; readonly ifindex: number };

export type Wiring = {
  readonly links: ReadonlyMap<string, readonly LinkFact[]>;
  readonly pairs: readonly (readonly [End, End])[];
  readonly visible: ReadonlySet<string>;
  readonly isNsidOf: IsNsidOf;
};

type Wish = { readonly from: number; readonly to: number; readonly indexes: readonly [number, number] };

/** Few ifindexes beside many links, so that nearly every number is taken in several namespaces. */
const wish = (count: number): fc.Arbitrary<Wish> =>
  fc.record({
    from: fc.nat(count - 1),
    to: fc.nat(count - 1),
    indexes: fc.tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 12 })),
  });

export const wirings: fc.Arbitrary<Wiring> = fc.integer({ min: 2, max: 8 }).chain((count) =>
  fc
    .record({
      wishes: fc.array(wish(count), { minLength: 1, maxLength: 30 }),
      hidden: fc.array(fc.nat(count - 1), { maxLength: 3 }),
      omitEqual: fc.boolean(),
    })
    .map(({ wishes, hidden, omitEqual }) => wire(count, wishes, new Set(hidden), omitEqual)),
);

/** nsids as the kernel gives them out: counted from 0 in each reading namespace, in the order of first need. */
function wire(
  count: number,
  wishes: readonly Wish[],
  hidden: ReadonlySet<number>,
  omitEqual: boolean,
): Wiring {
  const names = Array.from({ length: count }, (_, number) => `ns${number}`);
  const links = new Map<string, LinkFact[]>(names.map((name) => [name, []]));
  const taken = new Map<string, Set<number>>(names.map((name) => [name, new Set()]));
  const nsids = new Map<string, string[]>(names.map((name) => [name, []]));
  const pairs: [End, End][] = [];
  const take = (namespace: string, wanted: number): End => {
    const used = taken.get(namespace) ?? new Set();
    let ifindex = wanted;
    while (used.has(ifindex)) ifindex += 1;
    used.add(ifindex);
    return { namespace, ifindex };
  };
  const nsidOf = (reader: string, other: string) => {
    const known = nsids.get(reader) ?? [];
    if (!known.includes(other)) known.push(other);
    return known.indexOf(other);
  };
  const add = (own: End, far: End) => {
    const unsaid = omitEqual && own.ifindex === far.ifindex;
    links.get(own.namespace)?.push(
      linkFact({
        ifindex: own.ifindex,
        name: `v${own.ifindex}`,
        ...(unsaid ? {} : { lowerIfindex: far.ifindex }),
        ...(own.namespace === far.namespace ? {} : { lowerNsid: nsidOf(own.namespace, far.namespace) }),
      }),
    );
  };
  for (const { from, to, indexes } of wishes) {
    const pair: [End, End] = [take(`ns${from}`, indexes[0]), take(`ns${to}`, indexes[1])];
    add(pair[0], pair[1]);
    add(pair[1], pair[0]);
    pairs.push(pair);
  }
  return {
    links,
    pairs,
    visible: new Set(names.filter((_, number) => !hidden.has(number))),
    isNsidOf: (reader, nsid, candidate) => nsids.get(reader)?.[nsid] === candidate,
  };
}
