/** What looks guilty and is not: of no consequence for the flow that is asked for. */
import type { Random } from '../agreement/random.ts';
import type { CaseFlow } from './flows.ts';
import { missing } from './matches.ts';
import type { Network } from './network.ts';

type Decoy = {
  readonly what: string;
  readonly make: (random: Random, net: Network, flow: CaseFlow) => string | undefined;
};

export const decoys: readonly Decoy[] = [
  {
    what: 'drops in iptables that do not fit',
    make: (random, { tool }, flow) => {
      const places = (['forward', 'input', 'output'] as const).filter((hook) => flow[hook]);
      if (places.length === 0) return undefined;
      const hook = random.pick(places);
      const seen = flow[hook];
      if (!seen) return undefined;
      const table = random.pick(['filter', 'mangle']);
      return `${random.pick([tool, 'iptables'])} -t ${table} -I ${hook.toUpperCase()} ${missing(random, seen).iptables} -j DROP`;
    },
  },
  {
    what: 'a table of nftables whose drops do not fit',
    make: (random, _, { prerouting: seen }) =>
      seen &&
      `nft 'add table inet looks; add chain inet looks guilty { type filter hook prerouting priority -${random.pick([50, 250, 310])}; policy accept; }; add rule inet looks guilty ${missing(random, seen).nft} counter drop'`,
  },
  {
    what: 'a strict rp_filter where the way back is the way there',
    make: (random, { uplink, first }) =>
      `sysctl -qw net.ipv4.conf.${random.pick(['all', uplink, first.bridge]).replaceAll('.', '/')}.rp_filter=1`,
  },
  {
    what: 'a stale DNAT that another one comes before',
    make: (_, { tool, style, host, first, publishedPort }) =>
      style === 'native' || style === 'docker' || style === 'docker-legacy'
        ? undefined
        : `${tool} -t nat -A PREROUTING -d ${host} -p tcp --dport ${publishedPort} -j DNAT --to-destination ${first.net}.77:80`,
  },
  {
    what: 'echoes dropped, connections not',
    make: (_, { tool }, { port }) =>
      port === undefined
        ? undefined
        : `for c in INPUT FORWARD; do ${tool} -I $c -p icmp --icmp-type echo-request -j DROP; done`,
  },
  {
    what: 'a blackhole for others',
    make: (random) => `ip route add ${random.pick(['blackhole', 'prohibit', 'unreachable'])} 198.18.0.0/15`,
  },
  { what: 'one isolated port', make: () => 'bridge link set dev vc5a isolated on' },
  {
    what: 'a bridge with nobody on it',
    make: () =>
      'ip link add br-idle type bridge; ip addr add 172.31.0.1/24 dev br-idle; ip link set br-idle up',
  },
  {
    what: 'a policy rule for others',
    make: (random) =>
      random.pick([
        'ip rule add pref 90 from 198.18.0.0/15 prohibit',
        'ip rule add pref 91 fwmark 0x77 lookup 77; ip route add default via 192.0.2.1 table 77 onlink dev lo || true; true',
        'ip rule add pref 92 iif wg9 blackhole',
      ]),
  },
  {
    what: 'a neighbour that is gone',
    make: (_, { first, uplink, lan }) =>
      `ip neigh replace ${first.net}.99 nud failed dev ${first.bridge}; ip neigh replace ${lan}.99 nud failed dev ${uplink}`,
  },
  { what: 'a link that is down', make: () => 'ip link add spare type veth peer name spare1' },
  {
    what: 'a second address on the uplink',
    make: (_, { uplink, lan }) => `ip addr add ${lan}.9/24 dev ${uplink}`,
  },
  {
    what: 'rules inside a container that do not fit',
    make: (random, _, { client }) =>
      client === undefined
        ? undefined
        : `ip netns exec ${client} iptables -A OUTPUT ${random.pick(['-p udp --dport 9', '-d 198.18.0.0/15', '-o wg0'])} -j DROP`,
  },
  {
    what: 'a pool of ports in use at another address',
    make: (_, { tool }) => `${tool} -t nat -A POSTROUTING -s 198.18.0.0/15 -j SNAT --to-source 10.99.99.99`,
  },
];
