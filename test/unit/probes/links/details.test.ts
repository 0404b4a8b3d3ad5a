import { describe, expect, test } from 'vitest';
import { parsePortVlans, withPortVlans } from '../../../../probes/links/port-vlans.ts';
import { parseLink } from '../../../../probes/links.ts';
import { linkFact } from '../../../helpers/made-up.ts';
import { attr, int8, int16, int32, ipv4, payload, text } from '../../../helpers/netlink-bytes.ts';

const IFLA_LINKINFO = 18;
const ipv6 = Uint8Array.of(0xff, 2, ...new Array<number>(13).fill(0), 7);
const be16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);

/** struct ifinfomsg */
const head = (family = 0) => Buffer.concat([int8(family), int8(0), int16(1), int32(7), int32(0x1), int32(0)]);
const linkOf = (...info: Uint8Array[]) => parseLink(payload(head(), attr(IFLA_LINKINFO, ...info)));
const detailsOf = (kind: string, ...data: Uint8Array[]) =>
  linkOf(attr(1, text(kind)), attr(2, ...data)).details;
const portOf = (kind: string, ...data: Uint8Array[]) =>
  linkOf(attr(1, text('veth')), attr(4, text(kind)), attr(5, ...data)).port;

describe('the details of', () => {
  test('a bridge are its switches, its times in seconds', () => {
    const mac = Uint8Array.of(1, 0x80, 0xc2, 0, 0, 0);
    expect(
      detailsOf(
        'bridge',
        attr(1, int32(1500)),
        attr(4, int32(30000)),
        attr(5, int32(1)),
        attr(6, int16(4096)),
        attr(7, int8(1)),
        attr(8, be16(0x88a8)),
        attr(9, int16(8)),
        attr(20, mac),
        attr(23, int8(0)),
        attr(36, int8(1)),
        attr(37, int8(0)),
        attr(39, int16(1)),
      ),
    ).toEqual({
      kind: 'bridge',
      stp: true,
      priority: 4096,
      forwardDelayS: 15,
      ageingS: 300,
      groupAddress: '01:80:c2:00:00:00',
      groupForwardMask: 8,
      vlanFiltering: true,
      vlanProtocol: '802.1ad',
      defaultPvid: 1,
      multicastSnooping: false,
      nfCallIptables: true,
      nfCallIp6tables: false,
    });
  });

  test('a vlan are its id and protocol', () => {
    expect(detailsOf('vlan', attr(1, int16(10)), attr(5, be16(0x8100)))).toEqual({
      kind: 'vlan',
      id: 10,
      protocol: '802.1Q',
    });
    expect(detailsOf('vlan', attr(5, be16(0x9100)))).toEqual({ kind: 'vlan', protocol: '0x9100' });
  });

  test.each([
    [1, 'private'],
    [2, 'vepa'],
    [4, 'bridge'],
    [8, 'passthru'],
    [16, 'source'],
    [32, '32'],
  ])('a macvlan in mode %i are %s', (mode, name) => {
    expect(detailsOf('macvlan', attr(1, int32(mode)))).toEqual({ kind: 'macvlan', mode: name });
    expect(detailsOf('macvtap', attr(1, int32(mode)))).toEqual({ kind: 'macvtap', mode: name });
  });

  test.each([
    [0, 0, 'l2', 'bridge'],
    [1, 1, 'l3', 'private'],
    [2, 2, 'l3s', 'vepa'],
  ])('an ipvlan with mode %i and flags %i are %s and %s', (mode, flags, name, isolation) => {
    expect(detailsOf('ipvlan', attr(1, int16(mode)), attr(2, int16(flags)))).toEqual({
      kind: 'ipvlan',
      mode: name,
      isolation,
    });
  });

  test('a vxlan tell a remote machine from a group', () => {
    const common = [attr(1, int32(42)), attr(15, be16(4789)), attr(7, int8(1)), attr(8, int32(300))];
    const known = { kind: 'vxlan', vni: 42, port: 4789, learning: true, ageingS: 300 };
    expect(detailsOf('vxlan', ...common, attr(2, ipv4('192.0.2.9')), attr(3, int32(5)))).toEqual({
      ...known,
      remote: '192.0.2.9',
      lowerIfindex: 5,
    });
    expect(
      detailsOf('vxlan', ...common, attr(2, ipv4('239.1.1.1')), attr(4, ipv4('10.0.0.1')), attr(3, int32(0))),
    ).toEqual({ ...known, group: '239.1.1.1', local: '10.0.0.1' });
    expect(detailsOf('vxlan', ...common, attr(16, ipv6))).toEqual({ ...known, group: 'ff02::7' });
    expect(detailsOf('vxlan', attr(25, int8(1)))).toEqual({ kind: 'vxlan', external: true });
  });

  test('a bond, a vrf, a tap and a netkit are what their drivers say', () => {
    expect(detailsOf('bond', attr(1, int8(1)), attr(2, int32(4)), attr(3, int32(100)))).toEqual({
      kind: 'bond',
      mode: 'active-backup',
      activeIfindex: 4,
      miimonMs: 100,
    });
    expect(detailsOf('vrf', attr(1, int32(1000)))).toEqual({ kind: 'vrf', table: 1000 });
    const tap = [attr(1, int32(1000)), attr(3, int8(2)), attr(6, int8(1)), attr(7, int8(0))];
    expect(detailsOf('tun', ...tap)).toEqual({
      kind: 'tun',
      type: 'tap',
      ownerUid: 1000,
      persist: true,
      multiQueue: false,
    });
    expect(detailsOf('netkit', attr(2, int8(1)), attr(3, int32(2)), attr(5, int32(1)))).toEqual({
      kind: 'netkit',
      mode: 'l3',
      primary: true,
      policy: 'blackhole',
    });
  });

  test('a kind that nobody knows are none, and the kind is shown', () => {
    expect(linkOf(attr(1, text('quantum')), attr(2, attr(1, int32(1))))).toMatchObject({ kind: 'quantum' });
    expect(detailsOf('quantum', attr(1, int32(1)))).toBeUndefined();
    expect(detailsOf('wireguard')).toBeUndefined();
  });

  test('a kind whose attributes are cut short leave them out', () => {
    expect(detailsOf('vlan', attr(1, int8(10)))).toEqual({ kind: 'vlan' });
  });
});

describe('a port', () => {
  test.each([
    [0, 'disabled'],
    [1, 'listening'],
    [2, 'learning'],
    [3, 'forwarding'],
    [4, 'blocking'],
    [9, '9'],
  ])('of a bridge in state %i is %s', (state, name) => {
    expect(portOf('bridge', attr(1, int8(state)))).toEqual({ kind: 'bridge', state: name });
  });

  test('of a bridge tells what it lets through', () => {
    const flags = [4, 5, 8, 9, 27, 30, 33, 39].map((type, index) => attr(type, int8(index % 2)));
    expect(portOf('bridge', attr(2, int16(32)), attr(3, int32(100)), ...flags)).toEqual({
      kind: 'bridge',
      priority: 32,
      cost: 100,
      hairpin: false,
      guard: true,
      learning: false,
      flood: true,
      multicastFlood: false,
      broadcastFlood: true,
      isolated: false,
      locked: true,
    });
  });

  test('of a bond, a vrf or a team says which', () => {
    expect(portOf('bond', attr(1, int8(1)), attr(2, int8(2)), attr(3, int32(5)))).toEqual({
      kind: 'bond',
      state: 'backup',
      miiStatus: 'down',
      linkFailures: 5,
    });
    expect(portOf('vrf', attr(1, int32(1000)))).toEqual({ kind: 'vrf', table: 1000 });
    expect(portOf('team')).toEqual({ kind: 'other', of: 'team' });
    expect(linkOf(attr(1, text('veth')), attr(4, text('bridge'))).port).toEqual({
      kind: 'other',
      of: 'bridge',
    });
  });
});

describe('the vlans of a port', () => {
  const vlan = (flags: number, id: number) => attr(2, int16(flags), int16(id));
  const message = (...vlans: Uint8Array[]) => payload(head(7), attr(26, ...vlans));

  test('are single ones and ranges', () => {
    const told = parsePortVlans(
      message(vlan(2 | 4, 1), vlan(8, 10), vlan(16, 19), vlan(8 | 4, 30), vlan(16 | 4, 31)),
    );
    expect(told).toEqual([
      { first: 1, last: 1, pvid: true, untagged: true },
      { first: 10, last: 19, pvid: false, untagged: false },
      { first: 30, last: 31, pvid: false, untagged: true },
    ]);
  });

  test('belong to ports of bridges that filter, and to no others', () => {
    const port = { kind: 'bridge' } as const;
    const links = [
      linkFact({ ifindex: 1, kind: 'bridge', details: { kind: 'bridge', vlanFiltering: true } }),
      linkFact({ ifindex: 2, kind: 'bridge', details: { kind: 'bridge', vlanFiltering: false } }),
      linkFact({ ifindex: 3, masterIfindex: 1, port }),
      linkFact({ ifindex: 4, masterIfindex: 2, port }),
      linkFact({ ifindex: 5, masterIfindex: 1, port }),
    ];
    const one = { first: 7, last: 7, pvid: false, untagged: false };
    const vlans = withPortVlans(links, new Map([3, 4].map((ifindex) => [ifindex, [one]])));
    expect(vlans.map((link) => (link.port?.kind === 'bridge' ? link.port.vlans : undefined))).toEqual([
      undefined,
      undefined,
      [one],
      undefined,
      [],
    ]);
  });
});

describe('a link', () => {
  test('with XDP programs tells where they run and their ids', () => {
    const xdp = (...data: Uint8Array[]) => parseLink(payload(head(), attr(43, ...data))).xdp;
    expect(xdp(attr(2, int8(2)), attr(4, int32(7)), attr(6, int32(7)))).toEqual({
      mode: 'generic',
      programIds: [7],
    });
    expect(xdp(attr(2, int8(4)), attr(5, int32(8)), attr(6, int32(9)))).toEqual({
      mode: 'multi',
      programIds: [8, 9],
    });
    expect(xdp(attr(2, int8(0)))).toBeUndefined();
  });

  test('with an alias shows it as text', () => {
    const link = parseLink(
      payload(head(), attr(20, text('up\u001b[2J\u202elink')), attr(30, int32(2)), attr(13, int32(1000))),
    );
    expect(link).toMatchObject({
      alias: 'up\\x1b[2J\\u202elink',
      promiscuity: 2,
      txQueueLength: 1000,
    });
  });
});
