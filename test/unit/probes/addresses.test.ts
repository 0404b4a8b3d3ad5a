import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../probes/addresses.ts';
import { attr, int8, int32, ipv4, payload } from '../../helpers/netlink-bytes.ts';

const IFA = { address: 1, local: 2, label: 3, broadcast: 4, flags: 8 };

/** struct ifaddrmsg */
const head = (family: number, prefix: number, flags: number, scope: number, ifindex: number) =>
  Buffer.concat([int8(family), int8(prefix), int8(flags), int8(scope), int32(ifindex)]);

describe('an address message', () => {
  test('gives address, prefix, broadcast and scope', () => {
    const parts = [
      attr(IFA.address, ipv4('172.17.0.2')),
      attr(IFA.local, ipv4('172.17.0.2')),
      attr(IFA.broadcast, ipv4('172.17.255.255')),
    ];
    expect(parseAddress(payload(head(2, 16, 0x80, 0, 2), ...parts))).toEqual({
      ifindex: 2,
      family: 'ipv4',
      address: '172.17.0.2',
      prefixLength: 16,
      broadcast: '172.17.255.255',
      scope: 'global',
      flags: ['permanent'],
    });
  });

  test('of a point-to-point link gives its own address, and the far one beside it', () => {
    const parts = [attr(IFA.address, ipv4('10.9.9.2')), attr(IFA.local, ipv4('10.9.9.1'))];
    expect(parseAddress(payload(head(2, 32, 0, 0, 4), ...parts))).toMatchObject({
      address: '10.9.9.1',
      pointToPoint: '10.9.9.2',
    });
  });

  test('of IPv6 has only IFA_ADDRESS, and its flags in 32 bits', () => {
    const fe80 = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    expect(
      parseAddress(payload(head(10, 64, 0, 253, 2), attr(IFA.address, fe80), attr(IFA.flags, int32(0x848)))),
    ).toEqual({
      ifindex: 2,
      family: 'ipv6',
      address: 'fe80::1',
      prefixLength: 64,
      scope: 'link',
      flags: ['dadfailed', 'tentative', 'stable-privacy'],
    });
  });

  test('keeps a scope and a flag without a name as numbers', () => {
    const parts = [attr(IFA.local, ipv4('10.0.0.1')), attr(IFA.flags, int32(0x100000))];
    expect(parseAddress(payload(head(2, 8, 0, 77, 2), ...parts))).toMatchObject({
      scope: '77',
      flags: ['0x100000'],
    });
  });

  test('of another family is left to others', () => {
    expect(parseAddress(payload(head(7, 8, 0, 0, 2)))).toBeUndefined();
  });
});
