import { describe, expect, test } from 'vitest';
import { parseLink } from '../../../probes/links.ts';
import { attr, int8, int16, int32, int64, payload, text } from '../../helpers/netlink-bytes.ts';

const IFLA = {
  address: 1,
  ifname: 3,
  mtu: 4,
  link: 5,
  master: 10,
  operState: 16,
  linkInfo: 18,
  stats64: 23,
  netnsid: 37,
};
const NESTED = 0x8000;

/** struct ifinfomsg */
const head = (ifindex: number, flags: number) =>
  Buffer.concat([int8(0), int8(0), int16(1), int32(ifindex), int32(flags), int32(0)]);

describe('a link message', () => {
  test('of a veth tells its peer’s ifindex and nsid, its master and its state', () => {
    const link = parseLink(
      payload(
        head(7, 0x11043),
        attr(IFLA.ifname, text('veth3f2a')),
        attr(IFLA.address, Uint8Array.of(2, 0x42, 0xac, 0x11, 0, 2)),
        attr(IFLA.mtu, int32(1450)),
        attr(IFLA.link, int32(2)),
        attr(IFLA.master, int32(3)),
        attr(IFLA.operState, int8(6)),
        attr(IFLA.linkInfo | NESTED, attr(1, text('veth')), attr(2, text('ignored'))),
        attr(IFLA.netnsid, int32(0)),
      ),
    );
    expect(link).toEqual({
      ifindex: 7,
      name: 'veth3f2a',
      kind: 'veth',
      mac: '02:42:ac:11:00:02',
      mtu: 1450,
      operState: 'up',
      adminUp: true,
      carrier: true,
      masterIfindex: 3,
      lowerIfindex: 2,
      lowerNsid: 0,
    });
  });

  test('without a kind is a loopback or a device, and says nothing it was not told', () => {
    expect(parseLink(payload(head(1, 0x8), attr(IFLA.ifname, text('lo'))))).toEqual({
      ifindex: 1,
      name: 'lo',
      kind: 'loopback',
      mac: '',
      mtu: 0,
      operState: 'unknown',
      adminUp: false,
      carrier: false,
    });
    expect(parseLink(payload(head(2, 0x1))).kind).toBe('device');
  });

  test('with a state or a kind that nobody knows yet keeps them', () => {
    const link = parseLink(
      payload(head(2, 0), attr(IFLA.operState, int8(42)), attr(IFLA.linkInfo, attr(1, text('quantum')))),
    );
    expect(link).toMatchObject({ operState: '42', kind: 'quantum' });
  });

  test('is up without a carrier while its peer is down', () => {
    expect(parseLink(payload(head(2, 0x1)))).toMatchObject({ adminUp: true, carrier: false });
  });

  test('with ARP off says so, and says nothing of ARP otherwise', () => {
    expect(parseLink(payload(head(2, 0x81))).noArp).toBe(true);
    expect(parseLink(payload(head(2, 0x1)))).not.toHaveProperty('noArp');
  });

  test('with hostile bytes in its name shows them as text', () => {
    const name = Uint8Array.of(0x65, 0x1b, 0x5b, 0x41, 0xff, 0);
    expect(parseLink(payload(head(2, 0), attr(IFLA.ifname, name))).name).toBe('e\\x1b[A\\xff');
  });

  test('has its counters by name', () => {
    const counters = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 40n].map(int64);
    expect(parseLink(payload(head(2, 0), attr(IFLA.stats64, ...counters))).stats).toEqual({
      rxPackets: 1,
      txPackets: 2,
      rxBytes: 3,
      txBytes: 4,
      rxErrors: 5,
      txErrors: 6,
      rxDropped: 7,
      txDropped: 2 ** 40,
    });
  });
});
