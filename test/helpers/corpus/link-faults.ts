/** Faults of links, bridges, neighbours and what hangs on links. */
import {
  AT,
  bridgeOf,
  type FaultClass,
  FROM_CONTAINER,
  gatewayOf,
  hostEndOf,
  linkOf,
  linkSysctl,
} from './fault.ts';
import type { CaseFlow } from './flows.ts';
import type { Network } from './network.ts';

const macOf = (container: string) =>
  `$(ip -n ${container} -br link show dev ${linkOf(container)} | awk '{print $3}')`;
const addressOf = ({ first, second }: Network, container: string) =>
  ({ c1: `${first.net}.2`, c2: `${first.net}.3`, c3: `${second.net}.2`, c5: `${second.net}.5` })[container] ??
  '';
const WRONG_MAC = '02:00:00:00:00:99';

/** The container whose link a fault is put on, at random the sender or the one who serves. */
function victim(flow: CaseFlow, pick: (list: readonly string[]) => string): string | undefined {
  const ends = [flow.client, flow.server].filter((one) => one !== undefined);
  return ends.length > 0 ? pick(ends) : undefined;
}

export const linkFaults: readonly FaultClass[] = [
  {
    id: 'veth-not-enslaved',
    what: 'a host end without a master',
    kinds: ['egress', 'same-bridge', 'published-outside', 'across'],
    make: (random, _, flow) => {
      const who = victim(flow, (list) => random.pick(list));
      return who && `ip link set ${hostEndOf(who)} nomaster`;
    },
  },
  {
    id: 'veth-wrong-bridge',
    what: 'a host end in another bridge',
    kinds: ['egress', 'same-bridge', 'published-outside'],
    make: (random, net, flow) => {
      const who = victim(flow, (list) => random.pick(list));
      if (who === undefined) return undefined;
      const other = bridgeOf(net, who) === net.first.bridge ? net.second.bridge : net.first.bridge;
      return `ip link set ${hostEndOf(who)} master ${other}`;
    },
  },
  {
    id: 'bridge-port-down',
    what: 'a host end down',
    kinds: ['egress', 'same-bridge', 'published-outside', 'from-host', 'to-host'],
    make: (random, _, flow) => {
      const who = victim(flow, (list) => random.pick(list));
      return who && `ip link set ${hostEndOf(who)} down`;
    },
  },
  {
    id: 'bridge-port-state',
    what: 'a port disabled, or one that listens for long',
    kinds: ['egress', 'same-bridge', 'published-outside', 'from-host', 'to-host'],
    make: (random, net, flow) => {
      const who = victim(flow, (list) => random.pick(list));
      if (who === undefined) return undefined;
      const port = hostEndOf(who);
      return random.pick([
        `bridge link set dev ${port} state ${random.pick([0, 'disabled'])}`,
        `ip link set ${bridgeOf(net, who)} type bridge stp_state 1 forward_delay 3000; ip link set ${port} down; ip link set ${port} up`,
      ]);
    },
  },
  {
    id: 'bridge-port-isolated',
    what: 'two isolated ports',
    kinds: ['same-bridge'],
    at: AT.bridge,
    make: (_, __, { client, server }) =>
      client &&
      server &&
      `for p in ${hostEndOf(client)} ${hostEndOf(server)}; do bridge link set dev $p isolated on; done`,
  },
  {
    id: 'bridge-lost-ip',
    also: ['ctr-wrong-gateway'],
    what: 'the bridge without its address',
    kinds: ['egress', 'across'],
    at: AT.bridge,
    make: (_, { first }) => `ip addr del ${first.net}.1/${first.length} dev ${first.bridge}`,
  },
  {
    id: 'bridge-down',
    what: 'the bridge down',
    kinds: ['egress', 'same-bridge', 'published-outside', 'from-host'],
    at: AT.bridge,
    make: (_, net, { client }) => `ip link set ${client ? bridgeOf(net, client) : net.first.bridge} down`,
  },
  {
    id: 'fdb-wrong',
    what: 'an entry that leads elsewhere and stays, or a locked port',
    kinds: ['same-bridge', 'from-host', 'published-outside'],
    make: (random, net, { client, server }) => {
      if (server === undefined) return undefined;
      const other = server === 'c3' ? 'vc5b' : 'vc1';
      const { bridge } = { bridge: bridgeOf(net, server) };
      return random.pick([
        `bridge fdb replace ${macOf(server)} dev ${other} master static sticky`,
        client === undefined
          ? `bridge fdb replace ${macOf(server)} dev ${other} master static sticky`
          : `p=${hostEndOf(client)}; ip link set $p nomaster; ip link set $p master ${bridge}; bridge link set dev $p locked on learning off`,
      ]);
    },
  },
  {
    id: 'l2-filter-drop',
    what: 'rules of the bridge family',
    kinds: ['egress', 'same-bridge', 'from-host', 'published-outside', 'to-host'],
    make: (random, _net, flow) => {
      const who = victim(flow, (list) => random.pick(list));
      if (who === undefined) return undefined;
      const mac = random.pick(['ether', 'port']);
      const isBeside = flow.kind === 'same-bridge';
      const hook = isBeside ? 'forward' : who === flow.client ? 'input' : 'output';
      const side = who === flow.client ? ['saddr', 'iifname'] : ['daddr', 'oifname'];
      const match = mac === 'ether' ? `ether ${side[0]} ${macOf(who)}` : `${side[1]} ${hostEndOf(who)}`;
      return `nft add table bridge keep; nft 'add chain bridge keep c { type filter hook ${random.pick([hook, hook])} priority ${random.pick([0, -200])}; }'; nft add rule bridge keep c ${match} ${random.pick(['drop', 'ether type { ip, arp } counter drop', 'ether type ip drop'])}`;
    },
  },
  {
    id: 'netdev-hook-drop',
    what: 'a chain on the link itself',
    kinds: ['egress', 'same-bridge', 'published-outside', 'to-host'],
    at: AT.senderLink,
    make: (random, { uplink }, flow) => {
      const link = flow.client ? hostEndOf(flow.client) : uplink;
      const match = flow.port === undefined ? 'icmp type echo-request' : `tcp dport ${flow.port}`;
      return `nft 'add table netdev low; add chain netdev low in { type filter hook ingress device ${link} priority ${random.pick([0, -500])}; }; add rule netdev low in ${random.pick(['', match, `ip daddr ${flow.address}`])} drop'`;
    },
  },
  {
    id: 'netdev-hook-drop',
    what: 'a chain at the egress of the uplink',
    kinds: ['egress'],
    at: AT.uplink,
    make: (random, { uplink }, flow) =>
      `nft 'add table netdev low; add chain netdev low out { type filter hook egress device ${uplink} priority 0; }; add rule netdev low out ${random.pick(['', `ip daddr ${flow.address}`])} drop'`,
  },
  {
    id: 'dup-ip',
    what: 'another container with the same address',
    kinds: ['same-bridge', 'from-host'],
    make: (_, net, { server }) =>
      server === 'c2'
        ? `ip link add vc4 type veth peer name eth0 netns c4; ip link set vc4 master ${net.first.bridge}; ip link set vc4 up; ip -n c4 link set eth0 up; ip -n c4 addr add ${net.first.net}.3/${net.first.length} dev eth0; ip neigh flush all; ip -n c1 neigh flush all; ip -n c2 link set eth0 down; ip -n c2 link set eth0 up; ip netns exec c2 sysctl -qw net.ipv4.conf.all.arp_ignore=0`
        : undefined,
  },
  {
    id: 'dup-mac',
    what: 'another container with the same MAC, which was heard last',
    kinds: ['same-bridge', 'from-host'],
    make: (_random, { first }, { server, client }) =>
      server === 'c2'
        ? `${client === undefined ? 'ip' : `ip -n ${client}`} neigh replace ${first.net}.3 lladdr ${macOf('c2')} nud permanent dev ${client === undefined ? first.bridge : 'eth0'}
          ip link add vc4 type veth peer name eth0 netns c4; ip -n c4 link set eth0 address ${macOf('c2')}; ip link set vc4 master ${first.bridge}; ip link set vc4 up; ip -n c4 link set eth0 up; ip -n c4 addr add ${first.net}.4/${first.length} dev eth0; ip netns exec c4 ping -q -c1 -W1 ${first.net}.1 || true`
        : undefined,
  },
  {
    id: 'stale-arp',
    what: 'a wrong MAC by hand',
    kinds: ['from-host', 'same-bridge', 'published-outside', 'across'],
    at: AT.receiver,
    make: (_, net, { server, kind, client }) => {
      if (server === undefined) return undefined;
      const where = kind === 'same-bridge' && client ? `ip -n ${client}` : 'ip';
      const dev = kind === 'same-bridge' && client ? linkOf(client) : bridgeOf(net, server);
      return `${where} neigh replace ${addressOf(net, server)} lladdr ${WRONG_MAC} nud permanent dev ${dev}`;
    },
  },
  {
    id: 'stale-arp',
    also: ['gateway-arp-failed'],
    what: 'a wrong MAC for the gateway, in the container',
    kinds: ['egress', 'across'],
    at: AT.sender,
    make: (_, net, { client }) =>
      client &&
      `ip -n ${client} neigh replace ${gatewayOf(net, client)} lladdr ${WRONG_MAC} nud permanent dev ${linkOf(client)}`,
  },
  {
    id: 'arp-suppressed',
    what: 'a neighbour that does not answer who it is',
    kinds: ['same-bridge', 'from-host', 'published-outside'],
    at: AT.receiver,
    make: (random, _, { server }) =>
      server === undefined
        ? undefined
        : random.pick([
            `ip netns exec ${server} sysctl -qw net.ipv4.conf.all.arp_ignore=8`,
            `ip netns exec ${server} ${linkSysctl(linkOf(server), 'arp_ignore', 8)}`,
            `ip -n ${server} link set ${linkOf(server)} arp off`,
          ]),
  },
  {
    id: 'arp-suppressed',
    what: 'a sender that does not ask',
    kinds: FROM_CONTAINER,
    at: AT.sender,
    make: (_, __, { client }) => client && `ip -n ${client} link set ${linkOf(client)} arp off`,
  },
  {
    id: 'proxy-arp-needed',
    what: 'a gateway beyond a /32, and proxy_arp off',
    kinds: ['egress'],
    make: (_, { first, style, tool }) =>
      style === 'native'
        ? undefined
        : `ip link set vc1 nomaster
           ip -n c1 addr flush dev eth0; ip -n c1 addr add ${first.net}.2/32 dev eth0
           ip -n c1 route add 169.254.1.1 dev eth0; ip -n c1 route add default via 169.254.1.1
           ip route add ${first.net}.2/32 dev vc1; ${tool} -I FORWARD -j ACCEPT`,
  },
  {
    id: 'macvlan-host-isolation',
    what: 'a macvlan and its host',
    kinds: ['to-host'],
    make: (_, { uplink, lan }) =>
      `ip link add mv0 link ${uplink} type macvlan mode bridge; ip link set mv0 netns c4; ip -n c4 addr add ${lan}.60/24 dev mv0; ip -n c4 link set mv0 up`,
    ask: (flow, { host, hostPort }) => ({
      ...flow,
      from: 'c4',
      sender: 'c4',
      to: flow.port === undefined ? host : `${host}:${hostPort}`,
      address: host,
    }),
  },
  {
    id: 'address-on-bridge-port',
    what: 'the uplink made a port, its address left on it',
    kinds: ['egress'],
    at: AT.uplink,
    make: (_, { uplink, gateway }) =>
      `ip link add br9 type bridge; ip link set br9 up; ip link set ${uplink} master br9; ip route replace default via ${gateway} dev ${uplink}`,
  },
  {
    id: 'tc-or-xdp-drop',
    what: 'a BPF program on the link',
    kinds: ['egress', 'same-bridge', 'to-host'],
    at: AT.senderLink,
    make: (random, _, { client }) =>
      client &&
      random.pick([
        `bpf_drop sched_cls /run/bpf/d; tc qdisc add dev ${hostEndOf(client)} clsact; tc filter add dev ${hostEndOf(client)} ingress bpf da object-pinned /run/bpf/d`,
        `bpf_drop xdp /run/bpf/d; ip link set dev ${hostEndOf(client)} xdpgeneric pinned /run/bpf/d`,
      ]),
  },
  {
    id: 'qdisc-loss',
    also: ['tc-or-xdp-drop'],
    what: 'a shaper that lets nothing pass',
    kinds: ['egress'],
    make: (_, { uplink }) => `tc qdisc add dev ${uplink} root tbf rate 8bit burst 10 limit 10`,
  },
];
