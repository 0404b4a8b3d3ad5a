/** The tables of a namespace, entry for entry against what `ip` and `iptables` print of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NatTable, ShowDocument } from '../helpers/documents.ts';
import { readIpAddresses, readIpNeighbours, readIpRoutes, sorted } from '../helpers/iproute2.ts';
import { readIptables } from '../helpers/iptables.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { readWhileStill } from '../helpers/while-still.ts';

const build = `
  ip netns add r
  ip link add to-r type veth peer name eth0 netns r
  ip link add to-r1 type veth peer name eth1 netns r
  for link in to-r to-r1; do ip link set $link up; done
  ip addr add 10.0.0.1/24 dev to-r
  ip -n r link set lo up
  ip -n r link set eth0 up
  ip -n r link set eth1 up
  ip -n r addr add 10.0.0.2/24 brd + dev eth0
  ip -n r addr add 10.0.0.3/24 dev eth0
  ip -n r addr add 10.9.9.1 peer 10.9.9.2/32 dev eth1
  ip -n r addr add 10.1.0.2/16 dev eth1 scope link
  ip -n r addr add 192.0.2.77/32 dev lo
  ip -n r addr add 10.2.0.2/24 dev eth1 valid_lft 1000 preferred_lft 0
  ip -n r addr add fd00::2/64 dev eth0 nodad
  ip -n r addr add fd00:1::2/64 dev eth1 nodad noprefixroute
  ip -n r route add default via 10.0.0.1
  ip -n r route add default via 10.0.0.9 metric 500
  ip -n r route add 198.51.100.0/24 nexthop via 10.0.0.1 dev eth0 weight 3 nexthop via 10.9.9.2 dev eth1 weight 1
  ip -n r route add blackhole 203.0.113.0/24
  ip -n r route add unreachable 203.0.114.0/24 metric 9
  ip -n r route add prohibit 203.0.115.0/24
  ip -n r route add throw 203.0.116.0/24 table 100
  ip -n r route add 10.77.0.0/16 via 172.31.0.1 dev eth0 onlink
  ip -n r route add 10.78.0.0/16 via inet6 fe80::1 dev eth0
  ip -n r route add 10.79.0.0/16 dev eth1 src 10.0.0.2 proto static scope link
  ip -n r route add 10.80.0.5/32 via 10.0.0.1 table 100
  ip -n r route add default via 10.0.0.1 table 70000
  ip -n r route add 0.0.0.0/1 via 10.0.0.1
  ip -n r -6 route add default via fd00::1
  ip -n r -6 route add fd00:2::/64 nexthop via fd00::1 nexthop via fd00::5 weight 7
  ip -n r -6 route add blackhole fd00:3::/64
  ip -n r -6 route add fd00:4::7/128 dev eth1 metric 77 table 100
  ip -n r neigh add 10.0.0.20 lladdr 02:00:00:00:00:20 dev eth0 nud permanent
  ip -n r neigh add 10.0.0.21 lladdr 02:00:00:00:00:21 dev eth0 nud stale
  ip -n r neigh add 10.0.0.22 lladdr 02:00:00:00:00:22 dev eth0 nud noarp
  ip -n r neigh add 10.0.0.23 dev eth0 nud failed
  ip -n r neigh add fd00::20 lladdr 02:00:00:00:00:20 dev eth0 nud permanent router
  ip -n r neigh add fd00::21 lladdr 02:00:00:00:00:21 dev eth0 nud stale extern_learn
  ip netns exec r ping -c1 -W5 10.0.0.1`;

describe('the tables of a namespace', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  const ask = (argv: readonly string[]) => lab.ok(['ip', 'netns', 'exec', 'r', ...argv]);
  const show = async (section: string) => {
    const document = await lab.netpeekJson<ShowDocument>(['show', 'r', section]);
    expect(document.gaps.filter(({ probe }) => probe !== 'docker')).toEqual([]);
    return document;
  };

  test('hold every address that ip shows, and no other', async () => {
    const { truth, claim } = await readWhileStill(
      () => readIpAddresses(ask),
      async () => (await show('addresses')).addresses,
    );
    const comparable = (addresses: typeof truth) =>
      sorted(addresses.map((address) => ({ ...address, flags: [...address.flags].sort() })));
    expect(comparable(claim)).toEqual(comparable(truth));
    expect(claim).toContainEqual(expect.objectContaining({ address: '10.9.9.1', pointToPoint: '10.9.9.2' }));
    expect(claim).toContainEqual(
      expect.objectContaining({ address: '10.0.0.3', flags: ['secondary', 'permanent'] }),
    );
  });

  test('hold every route of every table that ip shows, and no other', async () => {
    const { truth, claim } = await readWhileStill(
      () => readIpRoutes(ask),
      async () => (await show('routes')).routes,
    );
    expect(sorted(claim)).toEqual(sorted(truth));
    expect(new Set(claim.map(({ table }) => table))).toEqual(new Set(['main', 'local', '100', '70000']));
    expect(claim.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'blackhole',
        'unreachable',
        'prohibit',
        'throw',
        'local',
        'broadcast',
        'multicast',
      ]),
    );
    expect(claim.find(({ destination }) => destination === '198.51.100.0/24')?.nextHops).toMatchObject([
      { gateway: '10.0.0.1', weight: 3 },
      { gateway: '10.9.9.2', weight: 1 },
    ]);
    expect(claim.find(({ destination }) => destination === '0.0.0.0/1')).toBeDefined();
  });

  test('hold every neighbour that ip shows, and no other', async () => {
    const { truth, claim } = await readWhileStill(
      () => readIpNeighbours(ask),
      async () => (await show('neighbours')).neighbours,
    );
    expect(sorted(claim)).toEqual(sorted(truth));
    const stateOf = (wanted: string) => claim.find(({ address }) => address === wanted)?.state;
    expect(['10.0.0.1', '10.0.0.20', '10.0.0.22', '10.0.0.23'].map(stateOf)).toEqual([
      expect.stringMatching(/REACHABLE|DELAY|STALE|PROBE/),
      'PERMANENT',
      'NOARP',
      'FAILED',
    ]);
  });

  test('name the links of routes and neighbours in the text, and not the numbers', async () => {
    const { stdout } = await lab.netpeek(['show', 'r', 'routes', 'neighbours']);
    expect(stdout).toMatch(/203\.0\.113\.0\/24 .*blackhole/);
    expect(stdout).toMatch(/10\.0\.0\.20 .*eth0/);
  });
});

describe.each(['nft', 'legacy'] as const)('the NAT rules made by iptables-%s', (flavour) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    const tool = `iptables-${flavour}`;
    await lab.ok(`
      ip netns add inner
      ip link add wan type veth peer name eth0 netns inner
      ip addr add 10.5.0.1/24 dev wan
      ip link set wan up
      ip -n inner link set eth0 up
      ip -n inner addr add 10.5.0.2/24 dev eth0
      ${tool} -t nat -N CUSTOM
      ${tool} -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j CUSTOM
      ${tool} -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j CUSTOM
      ${tool} -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o wan -j MASQUERADE
      ${tool} -t nat -A POSTROUTING -o wan -p icmp -m comment --comment "a 'quoted' one" -j ACCEPT
      ${tool} -t nat -A CUSTOM ! -i wan -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
      ${tool} -t nat -A CUSTOM -i wan -j RETURN
      ${tool} -t nat -P POSTROUTING ACCEPT
      ip6tables-${flavour} -t nat -A POSTROUTING -s fd00::/64 -j MASQUERADE
      ping -c2 -W5 10.5.0.2`);
  });
  afterAll(() => lab.dispose());

  const tableOf = (tables: readonly NatTable[], family: string) =>
    tables.find((table) => table.flavour === flavour && table.family === family);

  test.each([
    ['ipv4', `iptables-${flavour}`],
    ['ipv6', `ip6tables-${flavour}`],
  ])('of %s are those that %s -S lists, with the counters of its save', async (family, tool) => {
    const { truth, claim } = await readWhileStill(
      () => readIptables((argv) => lab.ok(argv), tool),
      async () => (await lab.netpeekJson<ShowDocument>(['show', 'host', 'nat'])).nat,
    );
    const chains = tableOf(claim, family)?.chains ?? [];
    const listed = [
      ...chains.flatMap(({ name, policy }) => (policy ? [`-P ${name} ${policy}`] : [])),
      ...chains.flatMap(({ name, policy }) => (policy ? [] : [`-N ${name}`])),
      ...chains.flatMap(({ rules }) => rules.map(({ text }) => text)),
    ];
    expect([...listed].sort()).toEqual([...truth.listed].sort());
    const counted = chains.flatMap(({ rules }) =>
      rules.map(({ counters: { packets, bytes }, text }) => `[${packets}:${bytes}] ${text}`),
    );
    expect([...counted].sort()).toEqual([...truth.counted].sort());
    const policies = chains.flatMap(({ name, policy, counters }) =>
      policy ? [`:${name} ${policy} [${counters.packets}:${counters.bytes}]`] : [],
    );
    expect([...policies].sort()).toEqual([...truth.policies].sort());
  });

  test('count what they have seen', async () => {
    const { nat } = await lab.netpeekJson<ShowDocument>(['show', 'host', 'nat']);
    const rules = tableOf(nat, 'ipv4')?.chains.find(({ name }) => name === 'POSTROUTING')?.rules;
    expect(rules?.find(({ text }) => text.includes('icmp'))?.counters.packets).toBe(1);
  });

  test('are not those of another namespace', async () => {
    const { nat } = await lab.netpeekJson<ShowDocument>(['show', 'inner', 'nat']);
    expect(nat.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules))).toEqual([]);
  });
});
