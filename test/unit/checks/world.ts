/** A healthy Docker 20.10 host with one container, as a snapshot to break: rules are those of a real engine. */
import { readFileSync } from 'node:fs';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import type { Address } from '../../../src/model/address.ts';
import type { Container, DockerNetwork } from '../../../src/model/container.ts';
import type { Ruleset } from '../../../src/model/firewall.ts';
import type { Link } from '../../../src/model/link.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';

export const DOCKER_RULES = readFileSync(
  new URL('../../fixtures/iptables/docker-20.10-nft-ipv4.txt', import.meta.url),
  'utf8',
);

const HOST = '1000';
const WEB = '2000';

export function link(ifindex: number, name: string, more: Partial<Link> = {}): Link {
  const base = {
    kind: 'device',
    mac: '02:00:00:00:00:01',
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

const LO = link(1, 'lo', { kind: 'loopback', operState: 'unknown' });

export const CONTAINER: Container = {
  id: 'abc123',
  name: 'web',
  image: 'bb',
  state: 'running',
  pid: 77,
  networkMode: 'default',
  endpoints: [
    { network: 'bridge', networkId: 'bridge', mac: '', addresses: ['172.17.0.2/16'], gateway: '172.17.0.1' },
  ],
  ports: [],
};

/** The container's veth, its host end, the bridge, the uplink. */
export const ETH0 = link(2, 'eth0', {
  kind: 'veth',
  addresses: ['172.17.0.2/16'],
  peer: { namespace: HOST, ifindex: 4, name: 'veth1' },
});
export const VETH1 = link(4, 'veth1', {
  kind: 'veth',
  master: { ifindex: 3, name: 'docker0' },
  peer: { namespace: WEB, ifindex: 2, name: 'eth0' },
});
export const DOCKER0 = link(3, 'docker0', { kind: 'bridge', addresses: ['172.17.0.1/16'] });
export const UP0 = link(2, 'up0', { addresses: ['10.0.0.2/24'] });
export const BR_BACK = link(5, 'br-back', { kind: 'bridge', addresses: ['172.18.0.1/16'] });

export const WEB_ROUTES = [route('default', 2, { gateway: '172.17.0.1' }), route('172.17.0.0/16', 2)];
export const HOST_ROUTES = [
  route('default', 2, { gateway: '10.0.0.1' }),
  route('10.0.0.0/24', 2),
  route('172.17.0.0/16', 3),
  route('172.18.0.0/16', 5),
];
export const HOST_SYSCTLS = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/docker0/forwarding': '1',
  'ipv4/conf/up0/forwarding': '1',
  'ipv4/conf/br-back/forwarding': '1',
  'ipv4/conf/veth1/forwarding': '1',
};

export function rulesets(nft: string, legacy = ''): readonly Ruleset[] {
  return [
    parseSave(nft, { family: 'ipv4', flavour: 'nft' }),
    parseSave(legacy, { family: 'ipv4', flavour: 'legacy' }),
    { family: 'ipv6', flavour: 'nft', tables: [], unparsed: [] },
    { family: 'ipv6', flavour: 'legacy', tables: [], unparsed: [] },
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

export type Changes = {
  readonly web?: Partial<Namespace>;
  readonly host?: Partial<Namespace>;
  readonly snapshot?: Partial<Snapshot>;
  /** nft and legacy rules of the host. */
  readonly rules?: string;
  readonly legacy?: string;
};

export function world({
  web = {},
  host = {},
  snapshot = {},
  rules = DOCKER_RULES,
  legacy = '',
}: Changes = {}): {
  readonly snapshot: Snapshot;
  readonly web: Namespace;
  readonly host: Namespace;
} {
  const hostNamespace: Namespace = {
    id: HOST,
    name: 'host',
    names: ['host'],
    paths: [],
    kind: 'host',
    pids: [1],
    containers: [],
    links: [LO, UP0, DOCKER0, VETH1, BR_BACK],
    addresses: [
      address(1, '127.0.0.1/8'),
      address(2, '10.0.0.2/24'),
      address(3, '172.17.0.1/16'),
      address(5, '172.18.0.1/16'),
    ],
    routes: HOST_ROUTES,
    rulesets: rulesets(rules, legacy),
    sysctls: HOST_SYSCTLS,
    ...host,
  };
  const webNamespace: Namespace = {
    id: WEB,
    name: 'web',
    names: ['web'],
    paths: [],
    kind: 'container',
    pids: [77],
    containers: [CONTAINER],
    links: [LO, ETH0],
    addresses: [address(1, '127.0.0.1/8'), address(2, '172.17.0.2/16')],
    routes: WEB_ROUTES,
    rulesets: rulesets(''),
    ...web,
  };
  return {
    web: webNamespace,
    host: hostNamespace,
    snapshot: {
      takenAt: '2026-01-01T00:00:00.000Z',
      hostname: 'vm',
      engine: { name: 'Docker', version: '20.10.24', endpoint: 'unix:///var/run/docker.sock' },
      namespaces: [hostNamespace, webNamespace],
      stoppedContainers: [],
      networks: [network('bridge', 'docker0', '172.17.0.0/16'), network('back', 'br-back', '172.18.0.0/16')],
      gaps: [],
      ...snapshot,
    },
  };
}

function split(text: string, at: number): readonly [string, string] {
  return [text.slice(0, at), text.slice(at)];
}
