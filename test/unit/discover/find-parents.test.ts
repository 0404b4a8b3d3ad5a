import { describe, expect, test } from 'vitest';
import { findParents, parentIfindex } from '../../../src/discover/find-parents.ts';
import type { LinkFact } from '../../../src/model/link.ts';
import { linkFact } from '../../helpers/made-up.ts';

const eth0 = linkFact({ ifindex: 2, name: 'eth0', kind: 'device' });
const macvlan = linkFact({ ifindex: 7, name: 'mv0', kind: 'macvlan', lowerIfindex: 2, lowerNsid: 3 });
const vxlan = (given: Partial<LinkFact>) => linkFact({ ifindex: 5, kind: 'vxlan', ...given });

/** `pod` knows `host` as 3; every namespace has a link 2. */
const isNsidOf = (reader: string, nsid: number, candidate: string) =>
  reader === 'pod' && nsid === 3 && candidate === 'host';
const worldWith = (link: LinkFact) => [
  { id: 'other', links: [linkFact({ ifindex: 2, name: 'decoy' })] },
  { id: 'host', links: [eth0] },
  { id: 'pod', links: [linkFact({ ifindex: 2, name: 'own' }), link] },
];
const parentOf = (link: LinkFact) => findParents(worldWith(link), isNsidOf).get(`pod/${link.ifindex}`);

describe('the link that another one sends on', () => {
  test('is the one in the namespace that the nsid means', () => {
    expect(parentOf(macvlan)).toEqual({ kind: 'parent', namespace: 'host', link: eth0 });
  });

  test('is in the same namespace where no nsid is told', () => {
    const { lowerNsid: _nsid, ...near } = macvlan;
    expect(parentOf({ ...near, kind: 'vlan' })).toMatchObject({
      kind: 'parent',
      namespace: 'pod',
      link: { name: 'own' },
    });
  });

  test('is unknown, not guessed, where nobody that was read has the nsid or the number', () => {
    expect(parentOf({ ...macvlan, lowerNsid: 4 })).toEqual({
      kind: 'unknown',
      why: 'parent ifindex 2 in nsid 4, not visible',
    });
    expect(parentOf({ ...macvlan, lowerIfindex: 99 })).toEqual({
      kind: 'unknown',
      why: 'parent ifindex 99 in nsid 3, not visible',
    });
  });

  test('of a moved vxlan is what its own attribute says, not its own number', () => {
    const moved = vxlan({ lowerIfindex: 5, lowerNsid: 3 });
    expect(parentOf({ ...moved, details: { kind: 'vxlan', lowerIfindex: 2 } })).toMatchObject({
      namespace: 'host',
      link: { name: 'eth0' },
    });
    expect(parentOf({ ...moved, details: { kind: 'vxlan' } })).toBeUndefined();
  });

  test('is none for a veth, for a tunnel that needs none, and for what no kind is known of', () => {
    expect(parentOf(linkFact({ ...macvlan, kind: 'veth' }))).toBeUndefined();
    expect(parentOf(linkFact({ ...macvlan, kind: 'gre', lowerIfindex: 0 }))).toBeUndefined();
    expect(parentOf(linkFact({ ...macvlan, kind: 'quantum' }))).toBeUndefined();
  });

  test('has the same number where an older kernel leaves it out', () => {
    const { lowerIfindex: _lower, ...silent } = macvlan;
    expect(parentIfindex(silent)).toBe(7);
    expect(parentIfindex(linkFact({ kind: 'macvlan' }))).toBeUndefined();
  });
});
