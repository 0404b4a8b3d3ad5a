import { describe, expect, test } from 'vitest';
import type { FdbEntry } from '../../../src/model/fdb.ts';
import { fdbOwners } from '../../../src/model/fdb-owner.ts';
import { link, namespace, snapshot } from '../../helpers/made-up.ts';

const shared = '02:00:00:00:00:99';
const port = (ifindex: number, peer: string | null) =>
  link({
    ifindex,
    name: `v${ifindex}`,
    mac: `02:00:00:00:01:0${ifindex}`,
    peer: peer === null ? null : { namespace: peer, ifindex: 2, name: 'eth0' },
  });
const bridge = link({ ifindex: 9, name: 'br0', kind: 'bridge', mac: '02:00:00:00:01:03' });
const host = namespace({
  id: 'host',
  name: 'host',
  links: [bridge, port(3, 'a'), port(4, 'b'), port(5, null)],
});
const world = snapshot({
  namespaces: [
    host,
    namespace({
      id: 'a',
      name: 'a',
      links: [
        link({ ifindex: 1, kind: 'loopback', mac: '00:00:00:00:00:00' }),
        link({ ifindex: 2, mac: '02:00:00:00:00:0a' }),
        link({ ifindex: 3, name: 'mv0', mac: shared }),
      ],
    }),
    namespace({
      id: 'b',
      name: 'b',
      links: [
        link({ ifindex: 2, mac: '02:00:00:00:00:0b' }),
        link({ ifindex: 3, name: 'x', mac: shared }),
        link({ ifindex: 4, name: 'y', mac: shared }),
      ],
    }),
    namespace({ id: 'c', name: 'c', links: [link({ ifindex: 2, mac: '02:00:00:00:00:0a' })] }),
    namespace({ id: 'd', name: 'd', links: [link({ ifindex: 2, mac: '02:00:00:00:00:0d' })] }),
  ],
});
const ownerOf = (given: Partial<FdbEntry>) =>
  fdbOwners(world)(host, {
    mac: shared,
    ifindex: 3,
    masterIfindex: 9,
    state: 'reachable',
    flags: [],
    ...given,
  });

describe('the owner of a MAC', () => {
  test('behind a veth is its peer, though others have the same MAC', () => {
    expect(ownerOf({ mac: '02:00:00:00:00:0a' })).toEqual({
      owner: { namespace: 'a', ifindex: 2, name: 'eth0' },
    });
  });

  test('is the one link with it in the peer’s namespace', () => {
    expect(ownerOf({ ifindex: 3 })).toEqual({ owner: { namespace: 'a', ifindex: 3, name: 'mv0' } });
  });

  test('is not chosen where several may be meant', () => {
    expect(ownerOf({ ifindex: 4 })).toEqual({
      owner: null,
      ownerUnknown: '2 links have this MAC: b/x, b/y',
    });
    expect(ownerOf({ ifindex: 5 })).toEqual({
      owner: null,
      ownerUnknown: '3 links have this MAC: a/mv0, b/x, b/y',
    });
  });

  test('may be further away, where only one link has it', () => {
    expect(ownerOf({ mac: '02:00:00:00:00:0d' })).toEqual({
      owner: { namespace: 'd', ifindex: 2, name: 'eth0' },
    });
  });

  test('of a permanent entry is the port, or else the bridge', () => {
    expect(ownerOf({ mac: '02:00:00:00:01:03', state: 'permanent' }).owner).toMatchObject({ name: 'v3' });
    expect(ownerOf({ mac: '02:00:00:00:01:03', ifindex: 9, state: 'permanent' }).owner).toMatchObject({
      name: 'br0',
    });
  });

  test('behind a vxlan is on the other machine', () => {
    expect(ownerOf({ mac: '02:00:00:00:00:0a', destination: '192.0.2.9' })).toEqual({
      owner: null,
      ownerUnknown: 'on the machine 192.0.2.9',
    });
  });

  test('that nobody has is not known, and a group’s or the default’s is nobody’s', () => {
    expect(ownerOf({ mac: '02:00:00:00:00:ee' })).toEqual({
      owner: null,
      ownerUnknown: 'no link that was read has this MAC',
    });
    expect(ownerOf({ mac: '33:33:00:00:00:01' })).toEqual({ owner: null });
    expect(ownerOf({ mac: '00:00:00:00:00:00', destination: '192.0.2.9' })).toEqual({ owner: null });
  });
});
