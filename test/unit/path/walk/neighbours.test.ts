/** Whom a frame is sent to: the neighbour table, and who on the segment answers. */
import { describe, expect, test } from 'vitest';
import type { Neighbour } from '../../../../src/model/neighbour.ts';
import { link } from '../../../helpers/made-up.ts';
import { address, bare, br0, eth0, MAC, send, toA, toB, wired } from './segment.ts';

const entry = (more: Partial<Neighbour>): Neighbour => ({
  ifindex: 2,
  family: 'ipv4',
  address: '10.0.0.2',
  state: 'REACHABLE',
  flags: [],
  ...more,
});

describe('the next hop', () => {
  test('is asked for on the whole segment, and the frame goes to its MAC', () => {
    const { lines, end, packet, faults } = send(wired(), { to: '10.0.0.2' });
    expect(lines[0]).toBe(`a/eth0 pass 10.0.0.2 is ${MAC.b}, b/eth0`);
    expect(packet).toMatchObject({ sourceMac: MAC.a, destinationMac: MAC.b });
    expect(end).toBe('b/eth0');
    expect(faults).toEqual([]);
  });

  test('that nobody has is lost, where the whole segment is seen', () => {
    const { lines, end, faults } = send(wired(), { to: '10.0.0.9' });
    expect(lines).toEqual(['a/eth0 drop nobody on the network of eth0 has 10.0.0.9, so that nobody answers']);
    expect({ end, faults }).toEqual({ end: 'lost', faults: ['unowned'] });
  });

  test('may be outside, where the bridge has a port to a device', () => {
    const up0 = link({
      ifindex: 9,
      name: 'up0',
      kind: 'device',
      master: { ifindex: 2, name: 'br0' },
      port: { kind: 'bridge', state: 'forwarding' },
    });
    const host = { links: [br0, toA, toB, up0] };
    const { lines, end } = send(wired({ host }), { to: '10.0.0.9' });
    expect(lines).toEqual([
      'a/eth0 pass nobody seen here has 10.0.0.9: it is beyond host/up0',
      'host/to-a pass arrives on to-a, the peer of eth0',
      'host/br0 pass br0 sends on by up0',
      'host/up0 pass leaves by up0 to the network outside',
    ]);
    expect(end).toBe('left');
    const a = { neighbours: [entry({ address: '10.0.0.9', state: 'FAILED' })] };
    expect(send(wired({ host, a }), { to: '10.0.0.9' }).lines[0]).toMatch(
      /unknown .*nobody had answered when it was last asked for \(FAILED\)/,
    );
  });

  test('may be beyond a peer that was not seen, and that is unknown', () => {
    const lost = link({ ...toB, peer: null, peerUnknown: 'ifindex 7 in nsid 3, not visible' });
    const { lines, end } = send(wired({ host: { links: [br0, toA, lost] } }), { to: '10.0.0.9' });
    expect(lines[0]).toMatch(/^a\/eth0 unknown nobody seen here has 10\.0\.0\.9: it is beyond host\/to-b/);
    expect(lines.at(-1)).toBe(
      'host/to-b unknown the peer of to-b was not seen: ifindex 7 in nsid 3, not visible',
    );
    expect(end).toBe('unknown');
  });

  test('that two answer for is unknown, with both named', () => {
    const host = { addresses: [address(2, '10.0.0.2')] };
    const { lines, end } = send(wired({ host }), { to: '10.0.0.2' });
    expect(lines[0]).toContain(`host/br0 (${MAC.br0}) and b/eth0 (${MAC.b}) both answer for 10.0.0.2`);
    expect(end).toBe('unknown');
  });

  test('is answered for by a router with proxy_arp that reaches it by another link', () => {
    const host = {
      sysctls: {
        'ipv4/conf/br0/proxy_arp': '1',
        'ipv4/conf/all/proxy_arp': '0',
        'ipv4/conf/br0/forwarding': '1',
      },
    };
    const elsewhere = { kind: 'found', type: 'unicast', link: 'up0' } as const;
    const { lines, end } = send(wired({ host, answer: elsewhere }), { to: '10.0.0.9' });
    expect(lines[0]).toBe(`a/eth0 pass host/br0 answers for 10.0.0.9 as a proxy, with ${MAC.br0}`);
    expect(end).toBe('host/br0');
    const back = { ...elsewhere, link: 'br0' };
    expect(send(wired({ host, answer: back }), { to: '10.0.0.9' }).faults).toEqual(['unowned']);
  });

  test('whose namespace refuses the sender keeps silent', () => {
    const answer = { kind: 'refused', how: 'reverse-path', detail: 'rp_filter is 1' } as const;
    const { lines, faults } = send(wired({ answer }), { to: '10.0.0.2' });
    expect(lines[0]).toBe(
      'a/eth0 drop b/eth0 has 10.0.0.2 and does not answer for it: b refuses 10.0.0.1 on eth0: rp_filter is 1',
    );
    expect(faults).toEqual(['neighbour-silent']);
  });

  test('keeps silent with arp_filter, where the way back leads by another link', () => {
    const b = {
      sysctls: {
        'ipv4/conf/all/arp_ignore': '0',
        'ipv4/conf/eth0/arp_ignore': '0',
        'ipv4/conf/eth0/arp_filter': '1',
        'ipv4/conf/all/arp_filter': '0',
      },
    };
    expect(send(wired({ b }), { to: '10.0.0.2' }).faults).toEqual(['neighbour-silent']);
  });

  test.each([
    { flags: ['tentative'], faults: ['neighbour-silent'] },
    { flags: ['tentative', 'optimistic'], faults: [] },
    { flags: ['tentative', 'dadfailed'], faults: ['neighbour-silent'] },
  ])('with an IPv6 address that is $flags', ({ flags, faults }) => {
    const b = { addresses: [address(2, 'fd00::2', flags)] };
    expect(send(wired({ b }), { to: 'fd00::2' }).faults).toEqual(faults);
  });

  test('behind proxy_ndp is unknown, for whom it answers was not read', () => {
    const host = { sysctls: { 'ipv6/conf/br0/proxy_ndp': '1' } };
    expect(send(wired({ host }), { to: 'fd00::9' })).toMatchObject({ end: 'unknown', faults: [] });
  });

  test('is not told where tables were not read, which are wanted then', () => {
    const { addresses: _, ...unread } = bare('b', { links: [eth0.b] });
    const world = wired({ b: {} });
    const without = {
      ...world,
      snapshot: {
        ...world.snapshot,
        namespaces: world.snapshot.namespaces.map((one) => (one.id === 'b' ? unread : one)),
      },
    };
    expect(send(without, { to: '10.0.0.2' }).lines[0]).toBe(
      'a/eth0 unknown who answers for 10.0.0.2 cannot be told: addresses of b were not read',
    );
    expect([...without.wanted]).toEqual(['b']);
    const nothing = wired({ b: { sysctls: {} } });
    expect(send(nothing, { to: '10.0.0.2' }).end).toBe('unknown');
    expect([...nothing.wanted]).toEqual(['b']);
  });

  test('is a group, and not followed', () => {
    expect(send(wired(), { to: '224.0.0.1' })).toMatchObject({ end: 'unknown', faults: [] });
    expect(send(wired(), { to: 'ff02::1' })).toMatchObject({ end: 'unknown', faults: [] });
  });
});

describe('the neighbour table', () => {
  const withEntry = (more: Partial<Neighbour>, rest: Parameters<typeof wired>[0] = {}) =>
    send(wired({ a: { neighbours: [entry(more)] }, ...rest }), { to: '10.0.0.2' });

  test('is believed where it is right', () => {
    expect(withEntry({ mac: MAC.b }).lines[0]).toBe(
      `a/eth0 pass 10.0.0.2 is ${MAC.b} (REACHABLE) in the neighbour table, b/eth0`,
    );
  });

  test('sends to a wrong MAC', () => {
    const { lines, faults } = withEntry({ mac: '02:00:00:00:00:99', state: 'STALE' });
    expect(lines[0]).toBe(
      `a/eth0 drop 10.0.0.2 is 02:00:00:00:00:99 (STALE) in the neighbour table, but b/eth0 has the address, behind ${MAC.b}`,
    );
    expect(faults).toEqual(['neighbour-wrong']);
  });

  test('may send to a router that passes it on', () => {
    const host = {
      sysctls: {
        'ipv4/conf/br0/forwarding': '1',
        'ipv4/conf/br0/arp_ignore': '0',
        'ipv4/conf/all/arp_ignore': '0',
      },
    };
    expect(withEntry({ mac: MAC.br0, state: 'PERMANENT' }, { host })).toMatchObject({
      end: 'host/br0',
      faults: [],
    });
  });

  test('that has it as FAILED is asked again', () => {
    expect(withEntry({ state: 'FAILED' })).toMatchObject({ end: 'b/eth0', faults: [] });
    expect(withEntry({ state: 'FAILED' }).lines[0]).toMatch(/as FAILED from an earlier try/);
  });

  test('with a learned entry for one who answers nobody is unknown, with one by hand it is not', () => {
    const b = { sysctls: { 'ipv4/conf/all/arp_ignore': '8', 'ipv4/conf/eth0/arp_ignore': '0' } };
    expect(withEntry({ mac: MAC.b }, { b }).lines[0]).toMatch(/^a\/eth0 unknown/);
    expect(withEntry({ mac: MAC.b, state: 'PERMANENT' }, { b }).lines[0]).toMatch(/^a\/eth0 pass/);
  });

  test('that was not read may say otherwise', () => {
    const world = wired();
    const namespaces = world.snapshot.namespaces.map((one) => {
      const { neighbours: _, ...rest } = one;
      return one.id === 'a' ? rest : one;
    });
    const { lines } = send({ ...world, snapshot: { ...world.snapshot, namespaces } }, { to: '10.0.0.2' });
    expect(lines[0]).toMatch(/^a\/eth0 unknown the neighbour table of a was not read/);
    expect([...world.wanted]).toEqual(['a']);
  });
});

describe('a link without ARP', () => {
  test('of a tunnel needs no MAC', () => {
    const tun0 = link({ ifindex: 7, name: 'tun0', kind: 'tun', mac: '', noArp: true });
    const world = wired({ a: { links: [eth0.a, tun0] } });
    const { lines, end } = send(world, { by: 'tun0', to: '192.0.2.1' });
    expect(lines).toEqual(['a/tun0 pass leaves by tun0 to the program that holds it']);
    expect(end).toBe('left');
  });

  test('sends to an entry made by hand', () => {
    const a = {
      links: [link({ ...eth0.a, noArp: true })],
      neighbours: [entry({ mac: MAC.b, state: 'PERMANENT' })],
    };
    expect(send(wired({ a }), { to: '10.0.0.2' })).toMatchObject({ end: 'b/eth0', faults: [] });
  });

  test('sends to itself without one, and says who does not get it', () => {
    const a = { links: [link({ ...eth0.a, noArp: true })] };
    expect(send(wired({ a }), { to: '10.0.0.2' })).toMatchObject({
      end: 'b/eth0',
      faults: ['neighbour-silent'],
    });
  });
});
