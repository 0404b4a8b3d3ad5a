/** The kernel asked about routes, with the cause of a refusal named, which its errno alone does not tell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLinks } from '../../probes/links.ts';
import { openRtnetlink } from '../../probes/netlink/socket.ts';
import { askRoutes } from '../../src/live/ask-routes.ts';
import type { RouteQuery } from '../../src/model/route-query.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { RouteAnswer } from '../../src/path/route/query.ts';
import { realSystem } from '../../src/system/real.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { link, namespace, snapshot } from '../helpers/made-up.ts';
import { waitFor } from '../helpers/wait-for.ts';

const build = `
  ip netns add r
  ip -n r link add name in type veth peer name in2
  ip -n r link add name out type veth peer name out2
  for one in lo in in2 out out2; do ip -n r link set dev $one up; done
  ip -n r addr add 10.0.0.1/24 dev in
  ip -n r addr add 10.0.1.1/24 dev out
  ip -n r addr add fd00::1/64 dev in nodad
  ip -n r addr add fd01::1/64 dev out nodad
  ip netns exec r sh -c 'for one in in out; do
    echo 1 > /proc/sys/net/ipv4/conf/$one/forwarding; echo 0 > /proc/sys/net/ipv4/conf/$one/rp_filter; done
    echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/in/rp_filter
    echo 0 > /proc/sys/net/ipv4/conf/out/forwarding; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding'
  ip -n r route add 192.0.2.0/24 via 10.0.1.9 dev out mtu 1400
  ip -n r route add blackhole 198.51.100.0/25
  ip -n r route add prohibit 198.51.100.128/26
  ip -n r route add unreachable 198.51.100.192/26
  ip -n r route add 203.0.113.0/24 table 7 nexthop via 10.0.0.9 dev in nexthop via 10.0.1.9 dev out
  ip -n r rule add fwmark 7 lookup 7`;

describe('routes asked of the kernel', () => {
  const system = realSystem();
  let lab: Lab;
  let scanned: Snapshot;
  let asked: ReturnType<typeof askRoutes>;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
    const path = `/proc/${lab.pid}/root/run/netns/r`;
    const handle = system.namespaces.open(path);
    const rtnetlink = openRtnetlink(handle);
    const isUp = () =>
      readLinks(rtnetlink, { stats: false }).entries.every(
        ({ kind, operState }) => kind !== 'veth' || operState === 'up',
      );
    await waitFor('links to be up', isUp);
    const links = readLinks(rtnetlink, { stats: false }).entries.map((fact) => link(fact));
    scanned = snapshot({ namespaces: [namespace({ id: handle.id, paths: [path], links })] });
    rtnetlink.close();
    handle.close();
    asked = askRoutes(system, () => scanned);
  });
  afterAll(async () => {
    asked.close();
    await lab.dispose();
  });

  const ask = (destination: string, more: Partial<RouteQuery> = {}): RouteAnswer | undefined => {
    const family = destination.includes(':') ? 'ipv6' : 'ipv4';
    const query = { family, destination, mark: 0, protocol: 1, ...more } as const;
    return asked.ask(scanned.namespaces[0]?.id ?? '', query);
  };

  test('have the link, the gateway, the source, the MTU, and the route that decides', () => {
    expect(ask('192.0.2.1')).toMatchObject({
      kind: 'found',
      type: 'unicast',
      link: 'out',
      gateway: '10.0.1.9',
      source: '10.0.1.1',
      mtu: 1400,
      table: 'main',
      route: { destination: '192.0.2.0/24' },
      rule: { priority: 32766 },
    });
  });

  test.each([
    ['blackhole', '198.51.100.1', {}],
    ['prohibit', '198.51.100.129', {}],
    ['unreachable', '198.51.100.193', {}],
    ['none', '203.0.113.1', {}],
    ['blackhole', '198.51.100.1', { source: '10.0.0.7', inLink: 'in' }],
    ['reverse-path', '10.0.1.7', { source: '192.0.2.1', inLink: 'in' }],
    ['martian', '10.0.1.7', { source: '127.0.0.1', inLink: 'in' }],
    ['forwarding-off', '10.0.0.7', { source: '10.0.1.7', inLink: 'out' }],
    ['unreachable', '198.51.100.193', { source: '10.0.0.7', inLink: 'in' }],
    ['forwarding-off', 'fd01::7', { source: 'fd00::7', inLink: 'in', protocol: 58 }],
  ] as const)('are refused as %s to %s', (how, destination, more) => {
    expect(ask(destination, more)).toMatchObject({ kind: 'refused', how });
  });

  test('of several next hops are the kernel’s where the question is whole', () => {
    expect(ask('203.0.113.1', { mark: 7 })).toMatchObject({ kind: 'unknown' });
    expect(ask('203.0.113.1', { mark: 7, source: '10.0.0.1' })).toMatchObject({
      kind: 'found',
      route: { table: '7', destination: '203.0.113.0/24' },
    });
  });

  test('are nobody’s where the question leaves out what decides, or the namespace is unknown', () => {
    expect(ask('192.0.2.1', { mark: 'unknown' })).toBeUndefined();
    expect(ask('192.0.2.1', { protocol: 132 })).toBeUndefined();
    expect(ask('192.0.2.1', { inLink: 'gone' })).toBeUndefined();
    expect(
      asked.ask('1', { family: 'ipv4', destination: '192.0.2.1', mark: 0, protocol: 1 }),
    ).toBeUndefined();
  });
});
