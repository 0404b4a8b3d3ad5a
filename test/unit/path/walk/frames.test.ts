/** What a frame meets on links and in bridges on its way to the next stack. */
import { describe, expect, test } from 'vitest';
import type { Link } from '../../../../src/model/link.ts';
import type { BridgePort } from '../../../../src/model/link-details.ts';
import type { TcFilter } from '../../../../src/model/traffic-control.ts';
import { link } from '../../../helpers/made-up.ts';
import { address, bare, br0, eth0, follow, MAC, send, toA, toB, wired } from './segment.ts';

const port = (of: Link, more: Partial<BridgePort>): Link =>
  link({ ...of, port: { kind: 'bridge', state: 'forwarding', ...more } });
const hostWith = (...links: readonly Link[]) => wired({ host: { links } });
const toB2 = { to: '10.0.0.2' } as const;

describe('a link', () => {
  test('that is down, or without a carrier, loses the packet and goes on to see what else is wrong', () => {
    const down = send(wired({ a: { links: [link({ ...eth0.a, adminUp: false, carrier: false })] } }), toB2);
    expect(down.lines[0]).toBe('a/eth0 drop eth0 is down');
    expect(down).toMatchObject({ faults: ['link-down'], end: 'b/eth0' });
    const world = wired({
      a: { links: [link({ ...eth0.a, carrier: false })] },
      host: { links: [br0, link({ ...toA, adminUp: false }), toB] },
    });
    const bare = send(world, toB2);
    expect(bare.lines[0]).toBe('a/eth0 drop eth0 is up but has no carrier: its peer host/to-a is down');
    expect(bare.faults).toEqual(['no-carrier']);
    expect(bare.results[0]?.faults[0]).toMatchObject({ peer: { link: { name: 'to-a' } } });
  });

  test('does not take what is larger than its MTU', () => {
    const sized = (length: number) => send(wired(), { ...toB2, packet: { length } });
    expect(sized(1500).faults).toEqual([]);
    expect(sized(1501).faults).toEqual(['too-big']);
  });

  test('takes frames a VLAN tag larger than its MTU from its peer, and no larger ones', () => {
    const world = wired({ b: { links: [link({ ...eth0.b, mtu: 1400 })] } });
    expect(send(world, { ...toB2, packet: { length: 1404 } }).faults).toEqual([]);
    const { lines, faults } = send(world, { ...toB2, packet: { length: 1405 } });
    expect(faults).toEqual(['too-big']);
    expect(lines).toContain('b/eth0 drop the packet of 1405 bytes is larger than the MTU of eth0, 1400');
  });

  test.each([
    ['dummy', 'lost', 'drop'],
    ['vxlan', 'left', 'pass'],
    ['device', 'left', 'pass'],
    ['ipvlan', 'unknown', 'unknown'],
  ])('of kind %s: %s', (kind, end, verdict) => {
    const odd = link({ ifindex: 8, name: 'odd', kind });
    const world = wired({
      a: {
        links: [eth0.a, odd],
        neighbours: [
          { ifindex: 8, family: 'ipv4', address: '192.0.2.1', mac: MAC.br0, state: 'PERMANENT', flags: [] },
        ],
      },
    });
    const namespace = world.snapshot.namespaces[1];
    if (!namespace) throw new Error('no sender');
    const { packet } = send(wired(), toB2);
    if (!packet) throw new Error('no packet');
    const told = follow(world, { at: 'frame-out', namespace, link: odd, packet });
    expect(told.end).toBe(end);
    expect(told.lines.at(-1)).toMatch(new RegExp(`^a/odd ${verdict} `));
  });

  test('that belongs to a bond is not followed', () => {
    const bond = link({ ifindex: 9, name: 'bond0', kind: 'bond' });
    const b = { links: [link({ ...eth0.b, master: { ifindex: 9, name: 'bond0' } }), bond] };
    expect(send(wired({ b }), toB2).end).toBe('unknown');
  });

  test('throws away what is for another MAC', () => {
    const world = wired();
    const namespace = world.snapshot.namespaces[2];
    const { packet } = send(world, toB2);
    if (!namespace || !packet) throw new Error('nothing to send');
    const stray = { ...packet, destinationMac: MAC.a };
    const told = follow(world, { at: 'frame-in', namespace, link: eth0.b, packet: stray });
    expect(told.lines).toEqual([
      `b/eth0 drop the frame is for ${MAC.a}, and eth0 is ${MAC.b}: it is thrown away`,
    ]);
    expect(told.end).toBe('lost');
  });
});

describe('programs on a link', () => {
  const filter = (more: Partial<TcFilter>): TcFilter => ({
    ifindex: 2,
    attachedTo: 'ingress',
    parent: 'ffff:',
    kind: 'matchall',
    priority: 1,
    protocol: 'all',
    chain: 0,
    handle: '1',
    actions: [{ kind: 'gact', outcome: 'drop' }],
    ...more,
  });
  const lineAt = (more: Partial<TcFilter>) =>
    send(wired({ b: { trafficControl: { qdiscs: [], filters: [filter(more)] } } }), toB2).lines.at(-1);

  test('are named, and leave open what happens', () => {
    expect(lineAt({})).toBe(
      'b/eth0 unknown the matchall filter of priority 1 (gact drop) is asked at ingress on eth0: what it does cannot be told',
    );
    expect(lineAt({ kind: 'bpf', bpf: { programName: 'lb', directAction: true }, actions: [] })).toMatch(
      /the bpf lb filter/,
    );
    const xdp = { mode: 'driver', programIds: [7], programs: [{ id: 7, name: 'guard' }] };
    expect(send(wired({ b: { links: [link({ ...eth0.b, xdp })] } }), toB2).lines.at(-1)).toMatch(
      /^b\/eth0 unknown an XDP program \(guard\) runs on eth0/,
    );
    const tcx = [{ ifindex: 2, attachedTo: 'egress', id: 9, name: 'cil' } as const];
    expect(send(wired({ a: { trafficControl: { qdiscs: [], filters: [], tcx } } }), toB2).lines[1]).toMatch(
      /^a\/eth0 unknown the tcx program cil runs at egress on eth0/,
    );
  });

  test.each([
    { attachedTo: 'egress' as const },
    { attachedTo: 'parent' as const },
    { ifindex: 9 },
    { protocol: 'arp' },
    { protocol: 'ipv6' },
    { actions: [{ kind: 'gact', outcome: 'ok' }] },
  ])('that let it pass are not mentioned: %o', (more) => {
    expect(lineAt(more)).toBe('b/eth0 pass arrives on eth0, the peer of to-b');
  });

  test('that were not read are wanted', () => {
    const world = wired();
    const namespaces = world.snapshot.namespaces.map((one) => {
      const { trafficControl: _, ...rest } = one;
      return one.id === 'b' ? rest : one;
    });
    const told = send({ ...world, snapshot: { ...world.snapshot, namespaces } }, toB2);
    expect(told.lines.at(-1)).toBe('b/eth0 unknown tc filters of b were not read');
    expect([...world.wanted]).toEqual(['b']);
  });
});

describe('a bridge', () => {
  const passes = (into: Partial<BridgePort>, out: Partial<BridgePort>) =>
    send(hostWith(br0, port(toA, into), port(toB, out)), toB2).faults;

  test('passes a frame from port to port, and blocks where its ports do', () => {
    expect(passes({}, {})).toEqual([]);
    expect(passes({ isolated: true }, {})).toEqual([]);
    expect(passes({ isolated: true }, { isolated: true })).toEqual(['port-blocked']);
    expect(passes({ state: 'blocking' }, {})).toEqual(['port-blocked']);
    expect(passes({}, { state: 'learning' })).toEqual(['port-blocked']);
    expect(passes({ locked: true }, {})).toEqual(['port-blocked']);
    expect(passes({}, { flood: false })).toEqual([]);
    expect(passes({}, { flood: false, learning: false })).toEqual(['port-blocked']);
  });

  test('lets a sender in by a locked port that the FDB has there', () => {
    const known = { mac: MAC.a, ifindex: 3, masterIfindex: 2, state: 'static', flags: [] };
    const links = [br0, port(toA, { locked: true }), toB];
    expect(send(wired({ host: { links, fdb: [known] } }), toB2).faults).toEqual([]);
    const pending = { ...known, flags: ['locked'] };
    expect(send(wired({ host: { links, fdb: [pending] } }), toB2).faults).toEqual(['port-blocked']);
  });

  test('that filters VLANs passes within one, and not from one to another', () => {
    const filtering = link({ ...br0, details: { kind: 'bridge', vlanFiltering: true } });
    const vlans = (first: number, untagged = true) => ({
      vlans: [{ first, last: first, pvid: true, untagged }],
    });
    const between = (into: Partial<BridgePort>, out: Partial<BridgePort>) =>
      send(hostWith(filtering, port(toA, into), port(toB, out)), toB2);
    expect(between(vlans(5), vlans(5))).toMatchObject({ faults: [], end: 'b/eth0' });
    expect(between(vlans(5), vlans(6)).faults).toEqual(['port-blocked']);
    expect(between({ vlans: [] }, vlans(6)).faults).toContain('port-blocked');
    expect(between(vlans(5), vlans(5, false)).lines.join('\n')).toMatch(
      /unknown to-b sends VLAN 5 with a tag/,
    );
    expect(between({}, {}).lines.join('\n')).toMatch(/unknown br0 filters VLANs/);
  });

  test('takes what is for itself, and shows the port to rules of IP only where they are called', () => {
    const toBridge = { to: '10.0.0.254' } as const;
    expect(send(wired(), toBridge)).toMatchObject({ end: 'host/br0', faults: [] });
    expect(send(wired(), toBridge).packet).not.toHaveProperty('physIn');
    const sysctls = {
      'ipv4/conf/br0/arp_ignore': '0',
      'ipv4/conf/all/arp_ignore': '0',
      'bridge/bridge-nf-call-iptables': '1',
    };
    expect(send(wired({ host: { sysctls } }), toBridge).packet?.physIn).toBe('to-a');
  });

  test('whose FDB was not read may send elsewhere, and wants it', () => {
    const world = wired();
    const namespaces = world.snapshot.namespaces.map((one) => {
      const { fdb: _, ...rest } = one;
      return one.id === 'host' ? rest : one;
    });
    const told = send({ ...world, snapshot: { ...world.snapshot, namespaces } }, toB2);
    expect(told.lines.join('\n')).toMatch(/host\/br0 unknown the FDB of br0 was not read/);
    expect(told.end).toBe('b/eth0');
    expect([...world.wanted]).toEqual(['host']);
  });

  test('cannot say who gets a frame for a MAC that two have', () => {
    const toC = link({
      ...toB,
      ifindex: 5,
      name: 'to-c',
      peer: { namespace: 'c', ifindex: 2, name: 'eth0' },
    });
    const c = bare('c', {
      links: [link({ ...eth0.b, peer: { namespace: 'host', ifindex: 5, name: 'to-c' } })],
      addresses: [address(2, '10.0.0.3')],
    });
    const told = send(wired({ host: { links: [br0, toA, toB, toC] }, more: [c] }), toB2);
    expect(told.lines.at(-1)).toMatch(/unknown b\/eth0 and c\/eth0 both have/);
    expect(told.end).toBe('unknown');
  });

  test('in a ring with another ends', () => {
    const other = link({ ...br0, ifindex: 12, name: 'br1', mac: '02:00:00:00:01:ff' });
    const pair = (ifindex: number, peer: number, of: Link) =>
      link({
        ifindex,
        name: `j${ifindex}`,
        mac: `02:00:00:00:02:${ifindex}`,
        master: { ifindex: of.ifindex, name: of.name },
        port: { kind: 'bridge', state: 'forwarding' },
        peer: { namespace: 'host', ifindex: peer, name: `j${peer}` },
      });
    const ring = [pair(21, 22, br0), pair(22, 21, other), pair(23, 24, br0), pair(24, 23, other)];
    const world = hostWith(br0, other, toA, toB, ...ring);
    expect(send(world, { to: '10.0.0.9' }).faults).toEqual(['unowned']);
  });
});

describe('a macvlan', () => {
  const child = (more: Partial<Link> = {}) =>
    bare('m', {
      links: [
        link({
          name: 'mv0',
          kind: 'macvlan',
          mac: '02:00:00:00:00:0c',
          details: { kind: 'macvlan', mode: 'bridge' },
          parent: { namespace: 'b', ifindex: 2, name: 'eth0' },
          ...more,
        }),
      ],
      addresses: [address(2, '10.0.0.3')],
      sysctls: { 'ipv4/conf/mv0/arp_ignore': '0', 'ipv4/conf/all/arp_ignore': '0' },
    });

  test('takes frames for its MAC', () => {
    expect(send(wired({ more: [child()] }), { to: '10.0.0.3' })).toMatchObject({ end: 'm/mv0', faults: [] });
  });

  test('that is down takes none', () => {
    const told = send(wired({ more: [child({ adminUp: false })] }), { to: '10.0.0.3' });
    expect(told.faults).toEqual(['link-down']);
  });

  test('and its parent never hear each other', () => {
    expect(send(wired({ more: [child()] }), { from: 'b', to: '10.0.0.3' })).toMatchObject({
      end: 'm/mv0',
      faults: ['macvlan-isolated'],
    });
    expect(send(wired({ more: [child()] }), { from: 'm', by: 'mv0', to: '10.0.0.2' })).toMatchObject({
      end: 'b/eth0',
      faults: ['macvlan-isolated'],
    });
  });

  test('in a mode that takes every frame is not followed', () => {
    const passthru = child({ details: { kind: 'macvlan', mode: 'passthru' } });
    expect(send(wired({ more: [passthru] }), toB2).end).toBe('unknown');
  });
});
