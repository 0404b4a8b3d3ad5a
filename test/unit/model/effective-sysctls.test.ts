import { describe, expect, test } from 'vitest';
import { effectiveSysctls } from '../../../src/model/effective-sysctls.ts';

const effective = (family: string, name: string, all: string | undefined, own: string) =>
  effectiveSysctls({
    ...(all === undefined ? {} : { [`${family}/conf/all/${name}`]: all }),
    [`${family}/conf/eth0/${name}`]: own,
  })[0]?.effective;

describe('the effective value of a link’s sysctl', () => {
  test.each(['rp_filter', 'arp_ignore'])('is the greater of all and link: %s', (name) => {
    expect(effective('ipv4', name, '1', '2')).toBe('2');
    expect(effective('ipv4', name, '2', '1')).toBe('2');
    expect(effective('ipv4', name, '0', '0')).toBe('0');
    expect(effective('ipv4', name, undefined, '1')).toBeUndefined();
  });

  test.each([
    'accept_local',
    'arp_filter',
    'proxy_arp',
    'route_localnet',
    'send_redirects',
    'src_valid_mark',
  ])('is on where all or link is: %s', (name) => {
    expect(effective('ipv4', name, '1', '0')).toBe('1');
    expect(effective('ipv4', name, '0', '1')).toBe('1');
    expect(effective('ipv4', name, '0', '0')).toBe('0');
    expect(effective('ipv4', name, undefined, '1')).toBe('1');
    expect(effective('ipv4', name, undefined, '0')).toBeUndefined();
  });

  test('is the link’s alone for IPv4 forwarding, and that of all for IPv6', () => {
    expect(effective('ipv4', 'forwarding', '1', '0')).toBe('0');
    expect(effective('ipv4', 'forwarding', '0', '1')).toBe('1');
    expect(effective('ipv6', 'forwarding', '1', '0')).toBe('1');
    expect(effective('ipv6', 'forwarding', '0', '1')).toBe('0');
  });

  test('is on for IPv6 forwarding where the link is forced to', () => {
    const [forwarding] = effectiveSysctls({
      'ipv6/conf/all/forwarding': '0',
      'ipv6/conf/eth0/forwarding': '0',
      'ipv6/conf/eth0/force_forwarding': '1',
    });
    expect(forwarding).toMatchObject({ name: 'forwarding', own: '0', effective: '1' });
  });

  test.each([
    ['0', '0', '0'],
    ['0', '1', '1'],
    ['0', '2', '1'],
    ['1', '1', '0'],
    ['1', '2', '1'],
  ])(
    'takes router advertisements with forwarding %s and accept_ra %s: %s',
    (forwarding, acceptRa, result) => {
      const found = effectiveSysctls({
        'ipv6/conf/eth0/forwarding': forwarding,
        'ipv6/conf/eth0/accept_ra': acceptRa,
      });
      expect(found).toEqual([expect.objectContaining({ name: 'accept_ra', effective: result })]);
    },
  );

  test('names the kernel’s rule, the link and its own value', () => {
    expect(effectiveSysctls({ 'ipv4/conf/all/rp_filter': '2', 'ipv4/conf/br-a/x/rp_filter': '1' })).toEqual([
      { family: 'ipv4', link: 'br-a/x', name: 'rp_filter', own: '1', effective: '2', rule: 'IN_DEV_MAXCONF' },
    ]);
  });

  test.each([
    [{ 'ipv4/ip_forward': '1' }],
    [{ 'ipv4/conf/all/rp_filter': '1', 'ipv4/conf/default/rp_filter': '1' }],
    [{ 'ipv4/conf/all/rp_filter': '1', 'ipv4/conf/eth0/rp_filter': 'x' }],
    [{ 'ipv4/conf/all/tag': '1', 'ipv4/conf/eth0/tag': '1' }],
  ])('is not made up: %j', (sysctls) => {
    expect(effectiveSysctls(sysctls)).toEqual([]);
  });
});
