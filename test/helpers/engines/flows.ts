/** Which connections are tried on a real engine: every interesting place against every interesting destination. */
import type { DockerVersion } from '../docker.ts';
import type { Attempt } from './actor.ts';
import { BEYOND } from './beyond.ts';
import { containersOf } from './networks.ts';

export type Flow = Attempt & { readonly from: string };

/** Ports on which every container, the LAN client and the internet listen; on 99 nobody does. */
export const SERVED_TCP = [80, 81, 82, 84, 85, 86, 87, 9000, 9001, 9002];
export const SERVED_UDP = [53];
/** The host's own: 7000 on all addresses, 7001 on 127.0.0.1, the others meet rules of INPUT. */
export const HOST_TCP = { everywhere: [7000, 7003, 7004], loopback: [7001] };
export const HOST_UDP = [7002];
/** The host's addresses on links that containers and others can ask. */
export const HOST_ADDRESSES = [
  '192.0.2.1',
  '198.51.100.2',
  '172.17.0.1',
  '10.10.1.1',
  '2001:db8:1::1',
  'fd00:10:6::1',
];

/**
 * Rules by hand, each for a port of its own: in DOCKER-USER, in INPUT, in a legacy table, and in tables of nftables; then
 * translations, to a container, to the host itself, to a machine beside it and to an address that nobody has, and one whose
 * answers are not tracked; a mark that asks for a table of routes of its own; and a host that answers no echo.
 */
export const handmadeRules = `
  iptables -I DOCKER-USER -p tcp --dport 84 -j DROP
  iptables -I DOCKER-USER -p tcp --dport 85 -j REJECT --reject-with tcp-reset
  iptables -A INPUT -p tcp --dport 7003 -j REJECT
  iptables -A INPUT -p tcp --dport 7004 -j DROP
  iptables-legacy -A FORWARD -p tcp --dport 86 -j DROP
  nft add table inet hand
  nft add chain inet hand forward '{ type filter hook forward priority 10; }'
  nft add rule inet hand forward tcp dport 87 drop
  iptables -t nat -A PREROUTING -p tcp --dport 8500 -j DNAT --to-destination 10.10.2.2:80
  iptables -t nat -A OUTPUT -p tcp --dport 8500 -j DNAT --to-destination 10.10.2.2:80
  iptables -t nat -A PREROUTING -p tcp --dport 8501 -j REDIRECT --to-ports 7000
  iptables -t nat -A OUTPUT -p tcp --dport 8501 -j REDIRECT --to-ports 7000
  iptables -t nat -A PREROUTING -p tcp --dport 8502 -j DNAT --to-destination 203.0.113.1:80
  nft add table ip handnat
  nft add chain ip handnat prerouting '{ type nat hook prerouting priority -110; }'
  nft add rule ip handnat prerouting tcp dport 8503 dnat to 10.10.1.2:81
  iptables -t nat -I POSTROUTING -p tcp -d 203.0.113.1 --dport 81 -j SNAT --to-source 198.51.100.77
  iptables -t mangle -A PREROUTING -p tcp --dport 9001 -j MARK --set-mark 7
  iptables -t mangle -A OUTPUT -p tcp --dport 9001 -j MARK --set-mark 7
  iptables -t nat -A PREROUTING -p tcp --dport 8504 -j DNAT --to-destination 10.10.2.2:81
  iptables -t raw -A PREROUTING -s 10.10.2.2 -p tcp --sport 81 -j NOTRACK
  sysctl -qw net.ipv4.icmp_echo_ignore_all=1
  ip rule add fwmark 7 lookup 77
  ip route add prohibit default table 77`;
/** In the namespace of the container \`client\`. */
export const handmadeInClient = ['iptables', '-A', 'OUTPUT', '-p', 'tcp', '--dport', '82', '-j', 'DROP'];

const tcp = (address: string, ...ports: readonly number[]): readonly Attempt[] =>
  ports.map((port) => ({ proto: 'tcp', address, port }));
const udp = (address: string, port: number): Attempt => ({ proto: 'udp', address, port });
const icmp = (address: string): Attempt => ({ proto: 'icmp', address });

const PUBLISHED = [8001, 8080, 8081, 8082, 8099, 8084, 9000, 9002, 8003, 8004, 8005, 8006, 8007, 8013];
const PUBLISHED_SINCE_28 = [8011, 8012];

export function destinationsOf(version: DockerVersion): readonly Attempt[] {
  const published = version === '28' ? [...PUBLISHED, ...PUBLISHED_SINCE_28] : PUBLISHED;
  return [
    ...containersOf(version).flatMap(({ name, addresses }) =>
      addresses.flatMap((address) => [...tcp(address, 80), ...(isSecond(name) ? [] : [icmp(address)])]),
    ),
    ...tcp('10.10.1.2', 81, 82, 84, 85, 86, 87, 99),
    udp('10.10.1.2', 53),
    udp('10.10.2.2', 53),
    udp('10.10.4.3', 53),
    udp('fd00:10:6::2', 53),
    ...tcp('192.0.2.1', 7000, 7001, 7003, 7004, 7099, ...published),
    udp('192.0.2.1', 7002),
    udp('192.0.2.1', 8053),
    icmp('192.0.2.1'),
    ...tcp('198.51.100.2', 7000, 8080, 8081),
    ...tcp('172.17.0.1', 7000, 8080),
    ...tcp('10.10.1.1', 7000, 8080, 8082),
    ...tcp('127.0.0.1', 80, 7000, 7001, 8080, 8081, 8082, 8007, 8099),
    udp('127.0.0.1', 8053),
    ...tcp('2001:db8:1::1', 7000, 8006, 8066, 8080),
    ...tcp('::1', 7000, 8006, 8080),
    ...tcp('192.0.2.1', 8500, 8501, 8502, 8503, 8504, 9001),
    ...tcp('10.10.1.2', 9001),
    ...tcp('203.0.113.1', 80, 81, 82, 84, 85, 86, 87, 99),
    udp('203.0.113.1', 53),
    icmp('203.0.113.1'),
    ...tcp('192.0.2.10', 80),
    icmp('192.0.2.10'),
    ...tcp('2001:db8:3::1', 80),
    icmp('2001:db8:1::10'),
    ...tcp(BEYOND, 80, 84, 99),
    icmp('192.0.2.77'),
    ...tcp('10.10.1.77', 80),
  ];
}

/** Who tries: the host, the two machines beside it, and of each network's containers one, which stands for the other. */
export function sourcesOf(version: DockerVersion): readonly string[] {
  const containers = containersOf(version).map(({ name }) => name);
  return ['host', 'outside', 'internet', ...containers.filter((name) => !isSecond(name))];
}

function isSecond(name: string): boolean {
  return name.endsWith('2');
}

/** Connections of which nobody can tell by looking whether they work. */
export const UNFORESEEABLE: Readonly<Record<DockerVersion, RegExp>> = {
  // Its docker-proxy answers a datagram from another address than was asked, as any program might or might not.
  '20.10': / → (?:udp 192\.0\.2\.1:8053|tcp 198\.18\.0\.1:\d+)$/,
  '28': / → tcp 198\.18\.0\.1:\d+$/,
};

/** Asked of the program itself, which asks the kernel for the routes: one of each kind. */
export const ASKED_LIVE: readonly Flow[] = [
  { from: 'web', proto: 'tcp', address: '203.0.113.1', port: 80 },
  { from: 'web', proto: 'icmp', address: '203.0.113.1' },
  { from: 'client', proto: 'tcp', address: '10.10.1.2', port: 82 },
  { from: 'db', proto: 'tcp', address: '10.10.1.2', port: 80 },
  { from: 'web', proto: 'tcp', address: '192.0.2.1', port: 8080 },
  { from: 'db', proto: 'udp', address: '192.0.2.1', port: 7002 },
  { from: 'db', proto: 'tcp', address: '192.0.2.1', port: 7003 },
  { from: 'host', proto: 'tcp', address: '127.0.0.1', port: 8082 },
  { from: 'outside', proto: 'tcp', address: '192.0.2.1', port: 8080 },
  { from: 'outside', proto: 'udp', address: '192.0.2.1', port: 8053 },
  { from: 'outside', proto: 'tcp', address: '192.0.2.1', port: 8099 },
  { from: 'outside', proto: 'tcp', address: '2001:db8:1::1', port: 8006 },
];

/** As the command line takes it. */
export function formatDestination({ address, port }: Attempt): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
