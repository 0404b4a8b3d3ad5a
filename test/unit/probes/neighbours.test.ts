import { describe, expect, test } from 'vitest';
import { parseNeighbour } from '../../../probes/neighbours.ts';
import { attr, int8, int16, int32, ipv4, payload } from '../../helpers/netlink-bytes.ts';

/** struct ndmsg */
const head = (family: number, ifindex: number, state: number, flags = 0) =>
  Buffer.concat([int32(family), int32(ifindex), int16(state), int8(flags), int8(1)]);
const dst = attr(1, ipv4('172.17.0.3'));
const lladdr = attr(2, Uint8Array.of(2, 0x42, 0xac, 0x11, 0, 3));

describe('a neighbour message', () => {
  test('gives address, MAC, state and flags', () => {
    expect(parseNeighbour(payload(head(2, 5, 2, 0x80), dst, lladdr))).toEqual({
      ifindex: 5,
      family: 'ipv4',
      address: '172.17.0.3',
      mac: '02:42:ac:11:00:03',
      state: 'REACHABLE',
      flags: ['router'],
    });
  });

  test.each([
    [0, 'NONE'],
    [1, 'INCOMPLETE'],
    [4, 'STALE'],
    [8, 'DELAY'],
    [16, 'PROBE'],
    [32, 'FAILED'],
    [64, 'NOARP'],
    [128, 'PERMANENT'],
    [0x300, '0x300'],
  ])('with state %i is %s', (state, name) => {
    expect(parseNeighbour(payload(head(2, 5, state), dst))?.state).toBe(name);
  });

  test('that has failed has no MAC', () => {
    expect(parseNeighbour(payload(head(2, 5, 32), dst))).not.toHaveProperty('mac');
  });

  test('of a bridge’s forwarding table is no neighbour', () => {
    expect(parseNeighbour(payload(head(7, 5, 128), lladdr))).toBeUndefined();
  });
});
