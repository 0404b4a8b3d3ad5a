import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkKey, type NamespaceLinks, pairLinks } from '../../../src/discover/pair-links.ts';
import type { LinkFact } from '../../../src/model/link.ts';
import { linkFact } from '../../helpers/made-up.ts';
import { type Wiring, wirings } from './wiring.ts';

function pairVisible({ links, visible, isNsidOf }: Wiring) {
  const seen = [...links]
    .filter(([id]) => visible.has(id))
    .map(([id, all]): NamespaceLinks => ({ id, links: all }));
  return pairLinks(seen, isNsidOf);
}

describe('any wiring', () => {
  test('is found exactly as it was built', () => {
    fc.assert(
      fc.property(wirings, (wiring) => {
        const pairings = pairVisible(wiring);
        for (const [one, two] of wiring.pairs)
          for (const [own, far] of [[one, two] as const, [two, one] as const]) {
            if (!wiring.visible.has(own.namespace)) continue;
            const found = pairings.get(linkKey(own.namespace, own.ifindex));
            if (wiring.visible.has(far.namespace))
              expect(found).toMatchObject({
                kind: 'peer',
                namespace: far.namespace,
                link: { ifindex: far.ifindex },
              });
            else expect(found?.kind).toBe('unknown');
          }
      }),
      { numRuns: 500 },
    );
  });

  test('with hidden ends says of each which ifindex and nsid it has', () => {
    fc.assert(
      fc.property(wirings, (wiring) => {
        for (const [key, pairing] of pairVisible(wiring)) {
          if (pairing.kind === 'peer') continue;
          const [namespace = '', ifindex] = key.split('/');
          const link = wiring.links.get(namespace)?.find((one) => one.ifindex === Number(ifindex));
          expect(pairing.why).toBe(
            `peer ifindex ${link?.lowerIfindex ?? link?.ifindex} in nsid ${link?.lowerNsid}, not visible`,
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a pair', () => {
  /** Namespaces `a` and `b`, which know each other by nsid 0. */
  const pair = (a: readonly LinkFact[], b: readonly LinkFact[]) =>
    pairLinks(
      [
        { id: 'a', links: a },
        { id: 'b', links: b },
      ],
      (reader, nsid, candidate) => nsid === 0 && reader !== candidate,
    );

  test('of equal ifindexes is found although the kernel leaves the number out', () => {
    const pairings = pair([linkFact({ ifindex: 4, lowerNsid: 0 })], [linkFact({ ifindex: 4, lowerNsid: 0 })]);
    expect(pairings.get('a/4')).toMatchObject({ kind: 'peer', namespace: 'b' });
  });

  test('is not believed while only one end names the other', () => {
    const pairings = pair(
      [linkFact({ ifindex: 4, lowerIfindex: 5, lowerNsid: 0 })],
      [linkFact({ ifindex: 5, lowerIfindex: 9, lowerNsid: 0 })],
    );
    expect(pairings.get('a/4')).toEqual({ kind: 'unknown', why: 'peer ifindex 5 in nsid 0, not visible' });
  });

  test('is not believed when the far end means a namespace that is not seen', () => {
    const pairings = pair(
      [linkFact({ ifindex: 4, lowerIfindex: 5, lowerNsid: 0 })],
      [linkFact({ ifindex: 5, lowerIfindex: 4, lowerNsid: 1 })],
    );
    expect(pairings.get('a/4')).toEqual({ kind: 'unknown', why: 'peer ifindex 5 in nsid 0, not visible' });
    expect(pairings.get('b/5')).toEqual({ kind: 'unknown', why: 'peer ifindex 4 in nsid 1, not visible' });
  });

  test('is never a link with itself', () => {
    expect(pair([linkFact({ ifindex: 4, lowerIfindex: 4 })], []).get('a/4')?.kind).toBe('unknown');
  });

  test('that two links answer to is called ambiguous', () => {
    const twin = { ifindex: 5, lowerIfindex: 4, lowerNsid: 0 };
    const pairings = pair(
      [linkFact({ ifindex: 4, lowerIfindex: 5, lowerNsid: 0 })],
      [linkFact(twin), linkFact(twin)],
    );
    expect(pairings.get('a/4')).toEqual({
      kind: 'unknown',
      why: 'peer ifindex 5 in nsid 0, 2 links answer to that description',
    });
  });

  test('may be of netkit', () => {
    const pairings = pair(
      [linkFact({ kind: 'netkit', ifindex: 4, lowerIfindex: 5, lowerNsid: 0 })],
      [linkFact({ kind: 'netkit', ifindex: 5, lowerIfindex: 4, lowerNsid: 0 })],
    );
    expect(pairings.get('b/5')).toMatchObject({ kind: 'peer', namespace: 'a' });
  });

  test('is not made of a vxlan in another namespace, although it reports an ifindex and an nsid', () => {
    const pairings = pair(
      [linkFact({ kind: 'vxlan', ifindex: 4, lowerIfindex: 5, lowerNsid: 0 })],
      [linkFact({ ifindex: 5, lowerIfindex: 4, lowerNsid: 0 })],
    );
    expect([...pairings.keys()]).toEqual(['b/5']);
    expect(pairings.get('b/5')?.kind).toBe('unknown');
  });

  test('is not made of a vlan and its parent', () => {
    expect(pair([linkFact({ kind: 'vlan', ifindex: 4, lowerIfindex: 3 })], []).size).toBe(0);
  });
});
