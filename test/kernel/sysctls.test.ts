/** Network sysctls, value for value against sysctl(8) in the same namespace; and what they come to, against the kernel's doing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EffectiveSysctl } from '../../src/model/effective-sysctls.ts';
import type { Sysctls } from '../../src/model/sysctls.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

type SysctlsDocument = {
  readonly sysctls: { readonly values: Sysctls; readonly effective: readonly EffectiveSysctl[] };
};

/** A router between two namespaces: `near` reaches it over eth0 (its link a), `far` over to-far. */
const build = `
  for name in near router far; do ip netns add $name; ip -n $name link set lo up; done
  ip link add eth0 netns near type veth peer name a.1 netns router
  ip link add eth0 netns far type veth peer name to-far netns router
  ip -n near addr add 10.1.0.2/24 dev eth0
  ip -n far addr add 10.2.0.2/24 dev eth0
  ip -n router addr add 10.1.0.1/24 dev a.1
  ip -n router addr add 10.2.0.1/24 dev to-far
  ip -n near link set eth0 up
  ip -n far link set eth0 up
  ip -n router link set a.1 up
  ip -n router link set to-far up
  ip -n near route add default via 10.1.0.1
  ip -n far route add default via 10.2.0.1
  ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.to-far.arp_ignore=2 net.ipv4.conf.all.arp_ignore=1 \
    net.ipv4.conf.all.proxy_arp=1 net.ipv6.conf.to-far.accept_ra=2 net.ipv6.conf.all.forwarding=1`;

describe('the sysctls of a namespace', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  const inside = (name: string, ...argv: readonly string[]) => ['ip', 'netns', 'exec', name, ...argv];
  const show = async () => (await lab.netpeekJson<SysctlsDocument>(['show', 'router', 'sysctls'])).sysctls;
  /** `net.ipv4.conf.a/1.rp_filter = 1`: sysctl writes a dot in a link's name as a slash, and the other way round. */
  const readSysctlAll = async () => {
    const text = await lab.ok(inside('router', 'sysctl', '-a', '-r', '^net\\.'));
    const swap = (path: string) => path.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'));
    return new Map(
      text.split('\n').flatMap((line): [string, string][] => {
        const [, path, value] = /^net\.(\S+) = (.*)$/.exec(line) ?? [];
        return path === undefined ? [] : [[swap(path), (value ?? '').replace(/\s+/g, ' ')]];
      }),
    );
  };

  test('are those that sysctl prints, for every link', async () => {
    const truth = await readSysctlAll();
    const { values } = await show();
    for (const [path, value] of Object.entries(values))
      expect([path, value]).toEqual([path, truth.get(path)]);
    const links = ['all', 'default', 'lo', 'a.1', 'to-far'];
    const names = {
      ipv4: [
        'forwarding',
        'rp_filter',
        'accept_local',
        'arp_ignore',
        'arp_filter',
        'proxy_arp',
        'route_localnet',
      ],
      ipv6: ['forwarding', 'accept_ra', 'disable_ipv6', 'proxy_ndp'],
    };
    const perLink = Object.entries(names).flatMap(([family, all]) =>
      links.flatMap((link) => all.map((name) => `${family}/conf/${link}/${name}`)),
    );
    const more = ['bridge/bridge-nf-call-iptables', 'netfilter/nf_conntrack_max', 'ipv4/ip_local_port_range'];
    expect(Object.keys(values)).toEqual(expect.arrayContaining(['ipv4/ip_forward', ...perLink, ...more]));
  });

  test('come to what the kernel joins them to', async () => {
    const { effective } = await show();
    const of = (link: string, family: string, name: string) =>
      effective.find((one) => one.link === link && one.family === family && one.name === name)?.effective;
    expect(of('to-far', 'ipv4', 'arp_ignore')).toBe('2');
    expect(of('a.1', 'ipv4', 'arp_ignore')).toBe('1');
    expect(of('to-far', 'ipv4', 'proxy_arp')).toBe('1');
    expect([of('a.1', 'ipv6', 'accept_ra'), of('to-far', 'ipv6', 'accept_ra')]).toEqual(['0', '1']);
    const { stdout } = await lab.netpeek(['show', 'router', 'sysctls']);
    expect(stdout).toMatch(/net\/ipv4\/conf\/a\.1\/arp_ignore +0 +1 +IN_DEV_MAXCONF/);
    expect(stdout).not.toContain('conf/default/');
  });

  /** A packet from near whose source is behind to-far: dropped where the effective rp_filter of a.1 is 1. */
  const spoofedPasses = async () => {
    const spoofed = inside('near', 'ping', '-c1', '-W1', '-I', '10.2.0.77', '10.2.0.2');
    const counted = async () =>
      Number(/^IcmpInEchos +(\d+)/m.exec(await lab.ok(inside('far', 'nstat', '-asz', 'IcmpInEchos')))?.[1]);
    const before = await counted();
    await lab.run(spoofed);
    return (await counted()) > before;
  };

  test.each([
    ['0', '0', '0'],
    ['1', '0', '1'],
    ['0', '1', '1'],
    ['1', '2', '2'],
  ])('as rp_filter, all %s and link %s, decide what gets through as said: %s', async (all, own, joined) => {
    await lab.ok('ip -n near addr replace 10.2.0.77/32 dev lo');
    await lab.ok(
      inside(
        'router',
        'sysctl',
        '-qw',
        `net.ipv4.conf.all.rp_filter=${all}`,
        `net.ipv4.conf.a/1.rp_filter=${own}`,
      ),
    );
    const { effective } = await show();
    const told = effective.find(({ link, name }) => link === 'a.1' && name === 'rp_filter');
    expect(told).toMatchObject({ own, effective: joined });
    expect(await spoofedPasses()).toBe(joined !== '1');
  });

  test.each([
    ['0', '1', false],
    ['1', '0', true],
  ])(
    'as IPv4 forwarding, of the link where a packet comes in %s and of the other %s: %s',
    async (a, b, passes) => {
      const set = (name: string, value: string) => `net.ipv4.conf.${name}.forwarding=${value}`;
      await lab.ok(
        inside('router', 'sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.a/1.rp_filter=0'),
      );
      await lab.ok(inside('router', 'sysctl', '-qw', set('a/1', a), set('to-far', b)));
      const { effective } = await show();
      const told = effective.find(
        ({ link, name, family }) => link === 'a.1' && name === 'forwarding' && family === 'ipv4',
      );
      expect(told).toMatchObject({ effective: a });
      expect(await spoofedPasses()).toBe(passes);
    },
  );
});
