/** A host as netpeek sees it: two bridges, containers with plain and with wide names, a named namespace, two gaps. */
import { parseRule } from '../../../probes/iptables/parse-rule.ts';
import type { Container } from '../../../src/model/container.ts';
import type { Rule } from '../../../src/model/firewall.ts';
import type { Link } from '../../../src/model/link.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';

export const HOST_ID = '4026531840';
export const WEB_ID = '4026532201';
export const DB_ID = '4026532202';

export function makeLink(ifindex: number, name: string, more: Partial<Link> = {}): Link {
  return {
    ifindex,
    name,
    kind: 'veth',
    mac: `02:42:ac:11:00:${ifindex.toString(16).padStart(2, '0')}`,
    mtu: 1500,
    operState: 'up',
    adminUp: true,
    carrier: true,
    addresses: [],
    peer: null,
    master: null,
    network: null,
    stats: makeStats(0, 0),
    ...more,
  };
}

export function makeStats(rxBytes: number, txBytes: number): NonNullable<Link['stats']> {
  return {
    rxBytes,
    txBytes,
    rxPackets: Math.floor(rxBytes / 900),
    txPackets: Math.floor(txBytes / 400),
    rxErrors: 0,
    txErrors: 0,
    rxDropped: 0,
    txDropped: 0,
  };
}

const LOOPBACK = makeLink(1, 'lo', {
  kind: 'loopback',
  mac: '00:00:00:00:00:00',
  mtu: 65536,
  operState: 'unknown',
  addresses: ['127.0.0.1/8', '::1/128'],
});

function makeContainer(name: string, more: Partial<Container> = {}): Container {
  return {
    id: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
    name,
    image: `${name}:latest`,
    state: 'running',
    pid: 4321,
    networkMode: 'bridge',
    endpoints: [],
    ports: [],
    ...more,
  };
}

function makeRule(number: number, chain: string, text: string, packets: number): Rule {
  const parsed = parseRule(`[${packets}:${packets * 60}] -A ${chain} ${text}`);
  if (parsed === undefined) throw new Error(`no rule: ${text}`);
  return { number, ...parsed.rule };
}

type Wire = {
  id: string;
  name: string;
  address: string;
  veth: string;
  bridge: string;
  network: string;
  index: number;
};

const WIRES: readonly Wire[] = [
  wire(WEB_ID, 'web', '172.17.0.2/16', 'veth3f2a1b', 'docker0', 'bridge', 10),
  wire(DB_ID, 'db', '172.18.0.2/16', 'veth9c01d4', 'br-5e1f0a77c2d3', 'shop', 12),
  wire('4026532203', 'cache', '172.18.0.3/16', 'veth77aa01', 'br-5e1f0a77c2d3', 'shop', 14),
  wire('4026532204', '数据库-主-😀-long-name', '172.18.0.4/16', 'veth5511ee', 'br-5e1f0a77c2d3', 'shop', 16),
  wire('4026532205', 'shop-checkout-worker-1', '172.18.0.15/16', 'vethaa00bb', 'br-5e1f0a77c2d3', 'shop', 18),
];

function wire(
  id: string,
  name: string,
  address: string,
  veth: string,
  bridge: string,
  network: string,
  index: number,
) {
  return { id, name, address, veth, bridge, network, index };
}

function makeRoute(
  destination: string,
  gateway: string | undefined,
  ifindex: number,
  more: Partial<Route> = {},
): Route {
  return {
    family: 'ipv4',
    destination,
    type: 'unicast',
    table: 'main',
    protocol: 'kernel',
    scope: gateway === undefined ? 'link' : 'global',
    nextHops: [{ ifindex, flags: [], ...(gateway === undefined ? {} : { gateway }) }],
    ...more,
  };
}

function containerNamespace(each: Wire): Namespace {
  const gateway = each.bridge === 'docker0' ? '172.17.0.1' : '172.18.0.1';
  const address = each.address.split('/')[0] ?? '';
  return {
    id: each.id,
    name: each.name,
    names: [each.name],
    kind: 'container',
    paths: [`/proc/${4000 + each.index}/ns/net`],
    pids: [4000 + each.index],
    containers: [makeContainer(each.name)],
    links: [
      LOOPBACK,
      makeLink(2, 'eth0', {
        addresses: [each.address, 'fe80::42:acff:fe11:2/64'],
        peer: { namespace: HOST_ID, ifindex: each.index, name: each.veth },
        network: each.network,
        mac: `02:42:ac:11:01:${each.index.toString(16).padStart(2, '0')}`,
      }),
    ],
    routes: [
      makeRoute('default', gateway, 2, { protocol: 'boot' }),
      makeRoute(`${gateway.replace(/\.1$/, '.0')}/16`, undefined, 2, { source: address }),
      makeRoute(address, undefined, 2, { table: 'local', type: 'local', scope: 'host', source: address }),
    ],
    neighbours: [
      {
        ifindex: 2,
        family: 'ipv4',
        address: gateway,
        mac: '02:42:ac:11:00:03',
        state: 'REACHABLE',
        flags: [],
      },
      { ifindex: 2, family: 'ipv4', address: '172.17.0.9', state: 'FAILED', flags: [] },
    ],
    rulesets: [],
    nftables: [],
  };
}

function hostNamespace(): Namespace {
  const bridge = (ifindex: number, name: string, address: string) =>
    makeLink(ifindex, name, { kind: 'bridge', addresses: [address] });
  const bridges = [bridge(3, 'docker0', '172.17.0.1/16'), bridge(4, 'br-5e1f0a77c2d3', '172.18.0.1/16')];
  return {
    id: HOST_ID,
    name: 'host',
    names: ['host'],
    kind: 'host',
    paths: ['/proc/1/ns/net'],
    pids: [1],
    containers: [],
    links: [
      LOOPBACK,
      makeLink(2, 'eth0', { kind: 'device', addresses: ['192.0.2.10/24', 'fe80::1/64'] }),
      ...bridges,
      ...WIRES.map((each) =>
        makeLink(each.index, each.veth, {
          peer: { namespace: each.id, ifindex: 2, name: 'eth0' },
          master: { ifindex: each.bridge === 'docker0' ? 3 : 4, name: each.bridge },
          network: each.network,
        }),
      ),
      makeLink(40, 'vethlost', {
        operState: 'lowerlayerdown',
        peerUnknown: 'peer ifindex 7 in nsid 3, not visible',
      }),
    ],
    routes: [
      makeRoute('default', '192.0.2.1', 2, { protocol: 'dhcp', metric: 100 }),
      makeRoute('172.17.0.0/16', undefined, 3, { source: '172.17.0.1' }),
      makeRoute('172.18.0.0/16', undefined, 4, { source: '172.18.0.1' }),
    ],
    neighbours: [
      {
        ifindex: 3,
        family: 'ipv4',
        address: '172.17.0.2',
        mac: '02:42:ac:11:01:0a',
        state: 'STALE',
        flags: [],
      },
    ],
    nftables: [],
    rulesets: [
      {
        family: 'ipv4',
        flavour: 'nft',
        unparsed: [],
        tables: [
          {
            name: 'nat',
            chains: [
              {
                name: 'PREROUTING',
                policy: 'ACCEPT',
                counters: { packets: 412, bytes: 24_720 },
                rules: [makeRule(1, 'PREROUTING', '-m addrtype --dst-type LOCAL -j DOCKER', 4182)],
              },
              { name: 'INPUT', policy: 'ACCEPT', counters: { packets: 12, bytes: 720 }, rules: [] },
              {
                name: 'POSTROUTING',
                policy: 'ACCEPT',
                counters: { packets: 90, bytes: 5400 },
                rules: [
                  makeRule(1, 'POSTROUTING', '-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', 12_904),
                  makeRule(2, 'POSTROUTING', '-s 172.18.0.0/16 ! -o br-5e1f0a77c2d3 -j MASQUERADE', 77),
                ],
              },
              {
                name: 'DOCKER',
                counters: { packets: 0, bytes: 0 },
                rules: [
                  makeRule(1, 'DOCKER', '-i docker0 -j RETURN', 0),
                  makeRule(
                    2,
                    'DOCKER',
                    '! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
                    318,
                  ),
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

export function makeSnapshot(more: Partial<Snapshot> = {}): Snapshot {
  const blue: Namespace = {
    id: '4026532300',
    name: 'blue',
    names: ['netns:blue', '/run/netns/blue'],
    kind: 'named',
    paths: ['/run/netns/blue'],
    pids: [],
    containers: [],
    links: [LOOPBACK, makeLink(2, 'wire0', { addresses: ['10.244.1.3/24'], kind: 'device' })],
    routes: [],
  };
  return {
    takenAt: '2030-01-01T00:00:00.000Z',
    hostname: 'vm-12',
    engine: { name: 'Docker', version: '28.5.1', endpoint: 'unix:///var/run/docker.sock' },
    namespaces: [hostNamespace(), ...WIRES.map(containerNamespace), blue],
    stoppedContainers: [makeContainer('old-batch', { state: 'exited', pid: 0 })],
    networks: [],
    gaps: [
      {
        probe: 'iptables',
        namespace: '4026532300',
        reason: 'iptables-save is not installed',
        needs: 'apt install iptables',
      },
      { probe: 'neighbours', namespace: '4026532300', reason: 'not permitted', needs: 'run as root' },
    ],
    ...more,
  };
}
