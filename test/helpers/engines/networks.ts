/** The networks and containers of the tests with real engines, as data: one of each kind that the engines know. */
import type { DockerVersion } from '../docker.ts';

export type NetworkPlan = {
  readonly name: string;
  readonly subnets: readonly string[];
  /** More arguments of `docker network create`. */
  readonly args?: readonly string[];
};

export type ContainerPlan = {
  readonly name: string;
  /** Absent: the default bridge, where the engine gives addresses in the order of starting. */
  readonly network?: string;
  readonly addresses: readonly string[];
  /** A second network; the last address is on it. */
  readonly also?: string;
  /** What is published, as `docker run -p` takes it. */
  readonly ports?: readonly string[];
};

const driverOption = (name: string, value: string): readonly string[] => [
  '-o',
  `com.docker.network.bridge.${name}=${value}`,
];

const everyEngine: readonly NetworkPlan[] = [
  { name: 'front', subnets: ['10.10.1.0/24'] },
  { name: 'back', subnets: ['10.10.2.0/24'] },
  { name: 'closed', subnets: ['10.10.3.0/24'], args: ['--internal'] },
  { name: 'mute', subnets: ['10.10.4.0/24'], args: driverOption('enable_icc', 'false') },
  { name: 'bare', subnets: ['10.10.5.0/24'], args: driverOption('enable_ip_masquerade', 'false') },
  { name: 'six', subnets: ['10.10.6.0/24', 'fd00:10:6::/64'], args: ['--ipv6'] },
  { name: 'local', subnets: ['10.10.7.0/24'], args: driverOption('host_binding_ipv4', '127.0.0.1') },
  {
    name: 'lan',
    subnets: ['192.0.2.0/24'],
    args: ['-d', 'macvlan', '--gateway', '192.0.2.1', '-o', 'parent=lan0'],
  },
];

/** Gateway modes came with 27 and 28. */
const since28: readonly NetworkPlan[] = [
  {
    name: 'routed',
    subnets: ['10.10.11.0/24', 'fd00:10:11::/64'],
    args: [
      '--ipv6',
      ...driverOption('gateway_mode_ipv4', 'routed'),
      ...driverOption('gateway_mode_ipv6', 'routed'),
    ],
  },
  { name: 'open', subnets: ['10.10.12.0/24'], args: driverOption('gateway_mode_ipv4', 'nat-unprotected') },
  {
    name: 'alone',
    subnets: ['10.10.13.0/24'],
    args: ['--internal', ...driverOption('gateway_mode_ipv4', 'isolated')],
  },
];

const containersEverywhere: readonly ContainerPlan[] = [
  { name: 'plain', addresses: ['172.17.0.2'], ports: ['8001:80'] },
  { name: 'plain2', addresses: ['172.17.0.3'] },
  {
    name: 'web',
    network: 'front',
    addresses: ['10.10.1.2'],
    ports: [
      '8080:80',
      '8053:53/udp',
      '9000-9002:9000-9002',
      '192.0.2.1:8081:81',
      '127.0.0.1:8082:82',
      '8099:99',
      '8084:84',
    ],
  },
  { name: 'client', network: 'front', addresses: ['10.10.1.3'] },
  { name: 'db', network: 'back', addresses: ['10.10.2.2'] },
  { name: 'vault', network: 'closed', addresses: ['10.10.3.2'], ports: ['8003:80'] },
  { name: 'vault2', network: 'closed', addresses: ['10.10.3.3'] },
  { name: 'monk', network: 'mute', addresses: ['10.10.4.2'], ports: ['8004:80'] },
  { name: 'monk2', network: 'mute', addresses: ['10.10.4.3'] },
  { name: 'naked', network: 'bare', addresses: ['10.10.5.2'], ports: ['8005:80'] },
  {
    name: 'hex',
    network: 'six',
    addresses: ['10.10.6.2', 'fd00:10:6::2'],
    ports: ['8006:80', '[2001:db8:1::1]:8066:81'],
  },
  { name: 'hex2', network: 'six', addresses: ['10.10.6.3', 'fd00:10:6::3'] },
  { name: 'twin', network: 'back', also: 'front', addresses: ['10.10.2.4', '10.10.1.4'], ports: ['8013:80'] },
  { name: 'near', network: 'local', addresses: ['10.10.7.2'], ports: ['8007:80'] },
  { name: 'mac', network: 'lan', addresses: ['192.0.2.21'] },
  { name: 'mac2', network: 'lan', addresses: ['192.0.2.22'] },
];

const containersSince28: readonly ContainerPlan[] = [
  { name: 'route', network: 'routed', addresses: ['10.10.11.2', 'fd00:10:11::2'], ports: ['8011:80'] },
  { name: 'route2', network: 'routed', addresses: ['10.10.11.3', 'fd00:10:11::3'] },
  { name: 'wide', network: 'open', addresses: ['10.10.12.2'], ports: ['8012:80'] },
  { name: 'lone', network: 'alone', addresses: ['10.10.13.2'] },
  { name: 'lone2', network: 'alone', addresses: ['10.10.13.3'] },
];

export function networksOf(version: DockerVersion): readonly NetworkPlan[] {
  return version === '28' ? [...everyEngine, ...since28] : everyEngine;
}

export function containersOf(version: DockerVersion): readonly ContainerPlan[] {
  return version === '28' ? [...containersEverywhere, ...containersSince28] : containersEverywhere;
}
