/** A healthy Docker 20.10 host with three containers, whole, as a snapshot to break: rules are those of a real engine. */
import { readFileSync } from 'node:fs';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import { diagnose } from '../../../src/checks/diagnose.ts';
import type { Address } from '../../../src/model/address.ts';
import type { Container, DockerNetwork } from '../../../src/model/container.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import type { Ruleset } from '../../../src/model/firewall.ts';
import type { Link } from '../../../src/model/link.ts';
import type { BridgePort } from '../../../src/model/link-details.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Socket } from '../../../src/model/socket.ts';
import type { Sysctls } from '../../../src/model/sysctls.ts';
import { EXIT, UserError } from '../../../src/model/user-error.ts';
import { readFlow } from '../../../src/path/read-flow.ts';
import { DEFAULT_RULES } from '../../../src/path/route/default-rules.ts';

export const DOCKER_RULES = readFileSync(
  new URL('../../fixtures/iptables/docker-20.10-nft-ipv4.txt', import.meta.url),
  'utf8',
);

const HOST = '1000';
const WEB = '2000';
const WEB2 = '3000';
const DB = '4000';

export function link(ifindex: number, name: string, more: Partial<Link> = {}): Link {
  const base = {
    kind: 'device',
    mac: `02:00:00:00:00:${ifindex.toString(16).padStart(2, '0')}`,
    mtu: 1500,
    operState: 'up',
    adminUp: true,
    carrier: true,
  };
  return { ifindex, name, ...base, addresses: [], peer: null, master: null, network: null, ...more };
}

export function address(ifindex: number, text: string): Address {
  const [ip = '', length = '32'] = text.split('/');
  const family = ip.includes(':') ? 'ipv6' : 'ipv4';
  return { ifindex, family, address: ip, prefixLength: Number(length), scope: 'global', flags: [] };
}

export function route(
  destination: string,
  ifindex: number,
  more: Partial<Route> & { readonly gateway?: string } = {},
): Route {
  const { gateway, ...rest } = more;
  return {
    family: destination.includes(':') ? 'ipv6' : 'ipv4',
    destination,
    type: 'unicast',
    table: 'main',
    protocol: 'static',
    scope: 'global',
    nextHops: [{ ifindex, flags: [], ...(gateway === undefined ? {} : { gateway }) }],
    ...rest,
  };
}

export function network(
  name: string,
  bridge: string,
  subnet: string,
  more: Partial<DockerNetwork> = {},
): DockerNetwork {
  return {
    id: name,
    name,
    driver: 'bridge',
    internal: false,
    bridge,
    subnets: [subnet],
    gateways: [],
    options: {},
    ...more,
  };
}

const LO = link(1, 'lo', { kind: 'loopback', operState: 'unknown', mac: '00:00:00:00:00:00', mtu: 65_536 });

function container(id: string, name: string, on: string, address: string, gateway: string): Container {
  const endpoint = { network: on, networkId: on, mac: '', addresses: [address], gateway };
  const [networkMode, pid] = [on === 'bridge' ? 'default' : on, name === 'web' ? 77 : 78];
  return { id, name, image: 'bb', state: 'running', pid, networkMode, endpoints: [endpoint], ports: [] };
}

export const CONTAINER = container('abc123', 'web', 'bridge', '172.17.0.2/16', '172.17.0.1');

/** What a port of a bridge is by itself. */
const PORT = {
  kind: 'bridge',
  state: 'forwarding',
  learning: true,
  flood: true,
  isolated: false,
  hairpin: false,
  locked: false,
} as const;

/** What makes a link a port of a bridge. */
export function port(
  ifindex: number,
  name: string,
  more: Partial<BridgePort> = {},
): Pick<Link, 'master' | 'port'> {
  return { master: { ifindex, name }, port: { ...PORT, ...more } };
}

/** The containers' veths, their host ends, the bridges, the uplink. */
export const ETH0 = link(2, 'eth0', {
  kind: 'veth',
  mac: '02:42:ac:11:00:02',
  addresses: ['172.17.0.2/16'],
  peer: { namespace: HOST, ifindex: 4, name: 'veth1' },
});
const WEB2_ETH0 = link(2, 'eth0', {
  kind: 'veth',
  mac: '02:42:ac:11:00:03',
  addresses: ['172.17.0.3/16'],
  peer: { namespace: HOST, ifindex: 7, name: 'veth3' },
});
const DB_ETH0 = link(2, 'eth0', {
  kind: 'veth',
  mac: '02:42:ac:12:00:02',
  addresses: ['172.18.0.2/16'],
  peer: { namespace: HOST, ifindex: 6, name: 'veth2' },
});
export const VETH1 = link(4, 'veth1', {
  kind: 'veth',
  ...port(3, 'docker0'),
  peer: { namespace: WEB, ifindex: 2, name: 'eth0' },
});
export const VETH3 = link(7, 'veth3', {
  kind: 'veth',
  ...port(3, 'docker0'),
  peer: { namespace: WEB2, ifindex: 2, name: 'eth0' },
});
const VETH2 = link(6, 'veth2', {
  kind: 'veth',
  ...port(5, 'br-back'),
  peer: { namespace: DB, ifindex: 2, name: 'eth0' },
});
const bridge = { kind: 'bridge', details: { kind: 'bridge', vlanFiltering: false } } as const;
export const DOCKER0 = link(3, 'docker0', { ...bridge, addresses: ['172.17.0.1/16'] });
export const UP0 = link(2, 'up0', { addresses: ['10.0.0.2/24'] });
export const BR_BACK = link(5, 'br-back', { ...bridge, addresses: ['172.18.0.1/16'] });

/** The host's links, with these in the place of those of the same index, or behind them. */
export function hostLinks(...changed: readonly Link[]): readonly Link[] {
  return changedLinks([LO, UP0, DOCKER0, VETH1, BR_BACK, VETH2, VETH3], changed);
}

/** The same for the container's. */
export function webLinks(...changed: readonly Link[]): readonly Link[] {
  return changedLinks([LO, ETH0], changed);
}

function changedLinks(links: readonly Link[], changed: readonly Link[]): readonly Link[] {
  const isNew = ({ ifindex }: Link) => !links.some((one) => one.ifindex === ifindex);
  return [
    ...links.map((one) => changed.find(({ ifindex }) => ifindex === one.ifindex) ?? one),
    ...changed.filter(isNew),
  ];
}

export const WEB_ROUTES = [route('default', 2, { gateway: '172.17.0.1' }), route('172.17.0.0/16', 2)];
export const HOST_ROUTES = [
  route('default', 2, { gateway: '10.0.0.1' }),
  route('10.0.0.0/24', 2),
  route('172.17.0.0/16', 3),
  route('172.18.0.0/16', 5),
];

const HOST_ADDRESSES = [
  address(1, '127.0.0.1/8'),
  address(2, '10.0.0.2/24'),
  address(3, '172.17.0.1/16'),
  address(5, '172.18.0.1/16'),
];
export const hostAddresses = (...more: readonly Address[]): readonly Address[] => [
  ...HOST_ADDRESSES,
  ...more,
];

/** What a namespace's sysctls are when it is new, and forwarding as the engine sets it. */
function sysctls(links: readonly Link[], forwarding: '0' | '1'): Sysctls {
  const names = ['all', 'default', ...links.map(({ name }) => name)];
  const zero = ['rp_filter', 'accept_local', 'arp_ignore', 'arp_filter', 'proxy_arp', 'src_valid_mark'];
  const perLink = names.flatMap((name) => [
    [`ipv4/conf/${name}/forwarding`, forwarding],
    [`ipv4/conf/${name}/send_redirects`, '1'],
    [`ipv4/conf/${name}/route_localnet`, '0'],
    ...zero.map((one) => [`ipv4/conf/${name}/${one}`, '0']),
    [`ipv6/conf/${name}/forwarding`, '0'],
    [`ipv6/conf/${name}/disable_ipv6`, '0'],
    [`ipv6/conf/${name}/accept_ra`, '1'],
    [`ipv6/conf/${name}/proxy_ndp`, '0'],
  ]);
  return Object.fromEntries([['ipv4/ip_forward', forwarding], ...perLink]);
}

/** With br_netfilter, as the engine loads it. */
export const HOST_SYSCTLS: Sysctls = {
  ...sysctls(hostLinks(), '1'),
  'bridge/bridge-nf-call-iptables': '1',
  'bridge/bridge-nf-call-ip6tables': '1',
};
export const WEB_SYSCTLS = sysctls(webLinks(), '0');

export function rulesets(nft: string, legacy = ''): readonly Ruleset[] {
  return [
    parseSave(nft, { family: 'ipv4', flavour: 'nft' }),
    parseSave(legacy, { family: 'ipv4', flavour: 'legacy' }),
    { family: 'ipv6', flavour: 'nft', tables: [], unparsed: [] },
    { family: 'ipv6', flavour: 'legacy', tables: [], unparsed: [] },
  ];
}

/** Of IPv6. */
export function rulesets6(nft: string): readonly Ruleset[] {
  return [
    parseSave(nft, { family: 'ipv6', flavour: 'nft' }),
    parseSave('', { family: 'ipv6', flavour: 'legacy' }),
  ];
}

/** The dump with this rule as the first of its chain. */
export function withRule(dump: string, table: string, rule: string): string {
  const chain = rule.split(' ')[1];
  const [before = '', after = ''] = split(dump, dump.indexOf(`*${table}\n`));
  const at = after.search(new RegExp(`^\\[0:0\\] -A ${chain} |^COMMIT`, 'm'));
  return `${before}${after.slice(0, at)}[0:0] ${rule}\n${after.slice(at)}`;
}

/** A dump with one more table. */
export function withTable(dump: string, table: string, chain: string, ...rules: readonly string[]): string {
  return `${dump}\n*${table}\n:${chain} ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT\n`;
}

export function withoutLines(dump: string, pattern: RegExp): string {
  return dump
    .split('\n')
    .filter((line) => !pattern.test(line))
    .join('\n');
}

export function socket(port: number, more: Partial<Socket> = {}): Socket {
  const base = {
    protocol: 'tcp',
    family: 'ipv4',
    address: '0.0.0.0',
    state: 'LISTEN',
    receiveQueue: 0,
  } as const;
  return { ...base, port, uid: 0, inode: port, owners: [{ pid: 77, name: 'httpd' }], ...more };
}

export type Changes = {
  readonly web?: Partial<Namespace>;
  readonly host?: Partial<Namespace>;
  /** The neighbour on docker0, 172.17.0.3, that listens on port 80. */
  readonly web2?: Partial<Namespace>;
  /** On the network back, 172.18.0.2, listening on port 5432. */
  readonly db?: Partial<Namespace>;
  readonly more?: readonly Namespace[];
  readonly snapshot?: Partial<Snapshot>;
  /** nft and legacy rules of the host. */
  readonly rules?: string;
  readonly legacy?: string;
};

export type Made = { readonly snapshot: Snapshot; readonly web: Namespace; readonly host: Namespace };

export function world({
  web = {},
  host = {},
  web2 = {},
  db = {},
  more = [],
  snapshot = {},
  rules = DOCKER_RULES,
  legacy = '',
}: Changes = {}): Made {
  const hostNamespace = whole({
    id: HOST,
    name: 'host',
    kind: 'host',
    pids: [1],
    links: hostLinks(),
    addresses: HOST_ADDRESSES,
    routes: HOST_ROUTES,
    rulesets: rulesets(rules, legacy),
    sysctls: HOST_SYSCTLS,
    ...host,
  });
  const webNamespace = whole({
    id: WEB,
    name: 'web',
    pids: [77],
    containers: [CONTAINER],
    links: webLinks(),
    addresses: [address(1, '127.0.0.1/8'), address(2, '172.17.0.2/16')],
    routes: WEB_ROUTES,
    sockets: [socket(80)],
    ...web,
  });
  const second = whole({
    id: WEB2,
    name: 'web2',
    pids: [78],
    containers: [container('def456', 'web2', 'bridge', '172.17.0.3/16', '172.17.0.1')],
    links: [LO, WEB2_ETH0],
    addresses: [address(1, '127.0.0.1/8'), address(2, '172.17.0.3/16')],
    routes: WEB_ROUTES,
    sockets: [socket(80)],
    ...web2,
  });
  const third = whole({
    id: DB,
    name: 'db',
    pids: [79],
    containers: [container('789abc', 'db', 'back', '172.18.0.2/16', '172.18.0.1')],
    links: [LO, DB_ETH0],
    addresses: [address(1, '127.0.0.1/8'), address(2, '172.18.0.2/16')],
    routes: [route('default', 2, { gateway: '172.18.0.1' }), route('172.18.0.0/16', 2)],
    sockets: [socket(5432)],
    ...db,
  });
  return {
    web: webNamespace,
    host: hostNamespace,
    snapshot: {
      takenAt: '2026-01-01T00:00:00.000Z',
      hostname: 'vm',
      engine: { name: 'Docker', version: '20.10.24', endpoint: 'unix:///var/run/docker.sock' },
      namespaces: [hostNamespace, webNamespace, second, third, ...more],
      stoppedContainers: [],
      networks: [
        network('bridge', 'docker0', '172.17.0.0/16', { gateways: ['172.17.0.1'] }),
        network('back', 'br-back', '172.18.0.0/16', { gateways: ['172.18.0.1'] }),
      ],
      gaps: [],
      ...snapshot,
    },
  };
}

/** A namespace of which every table was read; its own addresses are in the table local, as the kernel keeps them. */
export function whole(given: Partial<Namespace> & Pick<Namespace, 'id' | 'name'>): Namespace {
  const { routes, addresses = [] } = given;
  const local = addresses.map(({ ifindex, address: own, family, scope }) =>
    route(own, ifindex, {
      family,
      type: 'local',
      table: 'local',
      protocol: 'kernel',
      scope: family === 'ipv4' ? 'host' : scope,
    }),
  );
  return {
    kind: 'container',
    names: [given.name],
    paths: [],
    pids: [],
    containers: [],
    policyRules: [...DEFAULT_RULES.ipv4, ...DEFAULT_RULES.ipv6],
    neighbours: [],
    fdb: [],
    trafficControl: { qdiscs: [], filters: [] },
    sockets: [],
    rulesets: rulesets(''),
    nftables: [],
    sysctls: WEB_SYSCTLS,
    ...given,
    ...(routes ? { routes: [...routes, ...local] } : {}),
  };
}

export type Asking = { readonly to?: string | undefined; readonly from?: string; readonly proto?: string };

/** The diagnosis of what the words name, as a command line would. */
export function ask(changes: Changes, { to, from = 'web', proto }: Asking = {}): Diagnosis {
  const { snapshot } = world(changes);
  const find = (text: string) => {
    const found = snapshot.namespaces.find(({ name }) => name === text);
    if (!found) throw new UserError(EXIT.noTarget, `nothing is called ${text}`);
    return found;
  };
  return diagnose(snapshot, readFlow(snapshot, { from, to, proto }, find)).diagnosis;
}

function split(text: string, at: number): readonly [string, string] {
  return [text.slice(0, at), text.slice(at)];
}
