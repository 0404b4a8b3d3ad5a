/**
 * A random healthy host, made by hand: two bridges with containers, an uplink, a gateway with the internet behind it and
 * a machine on the LAN. Names, subnets, the way in which rules are written and what bridges hand to iptables differ.
 */
import type { Random } from '../agreement/random.ts';
import { rulesOf } from './network-rules.ts';

/** How the host's rules are written: as Docker's chains are, flat, or in nftables itself. */
export type Style = 'docker' | 'docker-legacy' | 'plain' | 'legacy' | 'native' | 'open';

export type Side = {
  readonly bridge: string;
  /** The first three bytes of its addresses, `172.17.0`. */
  readonly net: string;
  readonly length: number;
};

export type Network = {
  readonly style: Style;
  /** The program that writes the host's rules, where it is iptables. */
  readonly tool: 'iptables' | 'iptables-legacy';
  readonly first: Side;
  readonly second: Side;
  readonly uplink: string;
  readonly host: string;
  readonly gateway: string;
  readonly lan: string;
  readonly outsider: string;
  readonly internet: string;
  /** What c2 serves at, and what the host leads there. */
  readonly servicePort: number;
  readonly publishedPort: number;
  readonly hostPort: number;
  /** bridge-nf-call-iptables */
  readonly bridgedMeetRules: boolean;
  /** Shell lines that make it. */
  readonly setup: string;
  /** `NAMESPACE ADDRESS:PORT` of its servers. */
  readonly servers: readonly (readonly [namespace: string, at: string])[];
};

/** First three bytes of subnets that containers may live in. */
const SUBNETS = ['172.17.0', '172.18.0', '172.20.5', '10.88.0', '10.244.3', '192.168.90'];
const BRIDGES = ['docker0', 'br0', 'br-4f1c9a7be2d0', 'cni0', 'virbr7', 'podman1'];
const UPLINKS = ['eth0', 'enp3s0', 'wan', 'ens18'];
const INTERNETS = ['203.0.113.10', '198.51.100.7', '8.8.8.8'];

export function randomNetwork(random: Random): Network {
  const style = random.weighted<Style>([
    [35, () => 'docker'],
    [10, () => 'docker-legacy'],
    [20, () => 'plain'],
    [10, () => 'legacy'],
    [15, () => 'native'],
    [10, () => 'open'],
  ]);
  const [net1, net2] = twoOf(random, SUBNETS);
  const [bridge1, bridge2] = twoOf(random, BRIDGES);
  const lan = random.pick(['10.0.0', '192.168.1', '100.64.2']);
  const facts = {
    style,
    tool: style.endsWith('legacy') ? ('iptables-legacy' as const) : ('iptables' as const),
    // A LAN may be in 192.168.0.0/16 as well.
    first: { bridge: bridge1, net: net1, length: net1.startsWith('192.168.') ? 24 : random.pick([16, 24]) },
    second: { bridge: bridge2, net: net2, length: 24 },
    uplink: random.pick(UPLINKS),
    lan,
    host: `${lan}.2`,
    gateway: `${lan}.1`,
    outsider: `${lan}.50`,
    internet: random.pick(INTERNETS),
    servicePort: random.pick([80, 3000, 5432]),
    publishedPort: random.pick([8080, 18080, 443]),
    hostPort: 9100,
    // nftables' own rules know nothing of it; with the others it is what Docker sets.
    bridgedMeetRules: random.chance(60),
  };
  return { ...facts, setup: `${wiring(facts)}\n${rulesOf(facts)}`, servers: serversOf(facts) };
}

/** Without what is made from it. */
export type NetworkFacts = Omit<Network, 'setup' | 'servers'>;

function twoOf(random: Random, list: readonly string[]): readonly [string, string] {
  const one = random.pick(list);
  return [one, random.pick(list.filter((other) => other !== one))];
}

function serversOf(net: NetworkFacts): Network['servers'] {
  return [
    ['c2', `0.0.0.0:${net.servicePort}`],
    ['c3', `0.0.0.0:${net.servicePort}`],
    ['up', '0.0.0.0:80'],
    ['host', `0.0.0.0:${net.hostPort}`],
  ];
}

/** c1 and c2 on the first bridge, c3 on the second, c5 on both; c4 is on nothing. */
function wiring({
  first,
  second,
  uplink,
  host,
  gateway,
  outsider,
  internet,
  bridgedMeetRules,
}: NetworkFacts) {
  return `
  for x in c1 c2 c3 c4 c5 up ext; do ip netns add $x; ip -n $x link set lo up; done
  sysctl -qw net.ipv4.ip_forward=1
  sysctl -qw net.bridge.bridge-nf-call-iptables=${bridgedMeetRules ? 1 : 0} || true
  plug() {
    ip link add $2 type veth peer name $3 netns $1
    ip link set $2 master $4 up
    ip -n $1 link set $3 up
    ip -n $1 addr add $5 dev $3
  }
  for b in ${first.bridge} ${second.bridge}; do ip link add $b type bridge; ip link set $b up; done
  ip addr add ${first.net}.1/${first.length} dev ${first.bridge}
  ip addr add ${second.net}.1/${second.length} dev ${second.bridge}
  plug c1 vc1 eth0 ${first.bridge} ${first.net}.2/${first.length}
  plug c2 vc2 eth0 ${first.bridge} ${first.net}.3/${first.length}
  plug c3 vc3 eth0 ${second.bridge} ${second.net}.2/${second.length}
  plug c5 vc5a eth0 ${first.bridge} ${first.net}.5/${first.length}
  plug c5 vc5b eth1 ${second.bridge} ${second.net}.5/${second.length}
  for x in c1 c2 c5; do ip -n $x route add default via ${first.net}.1; done
  ip -n c3 route add default via ${second.net}.1
  ip -n up link add lan type bridge
  ip -n up link set lan up
  ip link add ${uplink} type veth peer name p-host netns up
  ip -n ext link add eth0 type veth peer name p-ext netns up
  for port in p-host p-ext; do ip -n up link set $port master lan up; done
  ip addr add ${host}/24 dev ${uplink}
  ip link set ${uplink} up
  ip route add default via ${gateway}
  ip -n up addr add ${gateway}/24 dev lan
  ip -n up addr add ${internet}/32 dev lo
  ip netns exec up sysctl -qw net.ipv4.ip_forward=1
  ip -n ext addr add ${outsider}/24 dev eth0
  ip -n ext link set eth0 up
  ip -n ext route add default via ${gateway}`;
}
