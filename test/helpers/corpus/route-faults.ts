/** Faults of routes, policy rules, forwarding, source checks and the uplink. */
import { AT, bridgeOf, type FaultClass, FORWARDED, linkOf, linkSysctl } from './fault.ts';
import { subnetOf } from './network-rules.ts';

const dead = `ip link add t0 type veth peer name t1; ip addr add 10.9.0.1/24 dev t0; ip link set t0 up; ip link set t1 up`;

export const routeFaults: readonly FaultClass[] = [
  {
    id: 'ip-forward-off',
    what: 'forwarding off',
    kinds: FORWARDED,
    at: AT.routing,
    make: () => 'sysctl -qw net.ipv4.ip_forward=0',
  },
  {
    id: 'iface-forwarding-off',
    what: 'forwarding off on the link it comes in by',
    kinds: FORWARDED,
    at: AT.routing,
    make: (_, __, { forward }) => forward?.in && linkSysctl(forward.in, 'forwarding', 0),
  },
  {
    id: 'route-blackhole',
    what: 'a route or a rule that swallows or refuses',
    kinds: ['egress', 'across', 'published-outside'],
    at: AT.routing,
    make: (random, _, { forward }) => {
      if (!forward) return undefined;
      const { destination, in: inLink } = forward;
      const kind = random.pick(['blackhole', 'unreachable', 'prohibit']);
      return random.pick([
        `ip route add ${kind} ${destination}/32`,
        `ip rule add pref 50 iif ${inLink} ${kind}`,
        `ip rule add pref 51 to ${destination}/32 lookup 66; ip route add ${kind} default table 66`,
        `ip rule add pref 52 from ${forward.source}/32 to ${destination}/32 ${kind}`,
      ]);
    },
  },
  {
    id: 'route-blackhole',
    what: 'a route that swallows the answers',
    kinds: ['across'],
    at: AT.answer,
    make: (random, _, { forward }) =>
      forward && `ip route add ${random.pick(['blackhole', 'prohibit'])} ${forward.source}/32`,
  },
  {
    id: 'policy-route-hijack',
    what: 'a table of a VPN claims the containers’ subnet',
    kinds: ['egress'],
    make: (random, { first, gateway }) =>
      `ip rule add pref 50 ${random.pick(['', `to ${subnetOf(first)}`])} lookup 52; ip route add ${subnetOf(first)} via ${gateway} table 52`,
  },
  {
    id: 'policy-route-hijack',
    what: 'what containers send goes into a tunnel where nobody is',
    kinds: ['egress'],
    at: AT.routing,
    make: (random, { first }) =>
      `${dead}; ip rule add pref 50 ${random.pick([`from ${subnetOf(first)}`, `iif ${first.bridge}`])} lookup 52; ip route add default via 10.9.0.2 dev t0 table 52`,
  },
  {
    id: 'rp-filter-strict',
    what: 'a strict filter, and a way back by another link',
    kinds: ['egress'],
    at: AT.answer,
    make: (random, { tool, style, uplink, first, gateway, internet }) => {
      const mark =
        style === 'native'
          ? `nft 'add table ip vpn; add chain ip vpn m { type filter hook prerouting priority -150; }; add rule ip vpn m iifname "${first.bridge}" meta mark set 7'`
          : `${tool} -t mangle -A PREROUTING -i ${first.bridge} -j MARK --set-mark 7`;
      return `${linkSysctl(random.pick(['all', uplink]), 'rp_filter', 1)}; ${dead}; ${mark}
        ip rule add fwmark 7 lookup 70; ip route add default via ${gateway} table 70; ip route add ${internet}/32 dev t0`;
    },
  },
  {
    id: 'local-source-martian',
    what: "the container's address on the host as well",
    kinds: ['egress', 'across'],
    at: AT.prerouting,
    make: (random, { second }, { forward }) =>
      forward && `ip addr add ${forward.source}/32 dev ${random.pick(['lo', second.bridge])}`,
  },
  {
    id: 'subnet-overlap',
    what: "a bridge's subnet covers the destination",
    kinds: ['egress'],
    at: AT.uplink,
    make: (random, _, { address }) => {
      const net = address.split('.').slice(0, 3).join('.');
      return `ip link add br-v type bridge; ip addr add ${net}.${random.pick([1, 254])}/24 dev br-v; ip link set br-v up; ip link add v8 type veth peer name v9; ip link set v8 master br-v; ip link set v8 up; ip link set v9 up`;
    },
  },
  {
    id: 'host-no-upstream',
    what: 'no default route',
    kinds: ['egress'],
    at: AT.routing,
    make: () => 'ip route del default',
  },
  {
    id: 'no-carrier',
    // The other end is a port of a bridge, which is seen here.
    also: ['host-no-upstream', 'link-down', 'bridge-port-down'],
    what: 'the other end of the uplink down',
    kinds: ['egress', 'published-outside'],
    make: () => 'ip -n up link set p-host down',
  },
  {
    id: 'link-down',
    also: ['host-no-upstream'],
    what: 'the uplink down, its routes made again',
    kinds: ['egress'],
    make: (_, { uplink }) => `ip link set ${uplink} down`,
  },
  {
    id: 'gateway-arp-failed',
    what: 'the gateway gone, or a wrong MAC by hand',
    kinds: ['egress'],
    at: AT.uplink,
    make: (random, { gateway, uplink }) =>
      random.pick([
        `ip -n up addr del ${gateway}/24 dev lan`,
        `ip neigh replace ${gateway} lladdr 02:00:00:00:00:99 nud permanent dev ${uplink}`,
      ]),
  },
  {
    id: 'mtu-link-mismatch',
    what: 'the host end of the pair smaller than the container’s',
    kinds: ['egress', 'same-bridge'],
    partial: true,
    make: (random, _, { client }) =>
      client === 'c1' ? `ip link set vc1 mtu ${random.pick([1280, 1400, 1450])}` : undefined,
  },
  {
    id: 'mtu-blackhole',
    what: 'a smaller uplink, and nobody may say so',
    kinds: ['egress'],
    partial: true,
    make: (random, { uplink, tool, style }, { port }) => {
      if (port === undefined) return undefined;
      const drop =
        style === 'native'
          ? "nft 'add table ip noicmp; add chain ip noicmp o { type filter hook output priority 0; }; add rule ip noicmp o icmp type destination-unreachable drop'"
          : `${tool} -A OUTPUT -p icmp ${random.pick(['--icmp-type fragmentation-needed', ''])} -j DROP`;
      const mtu = random.pick([1280, 1400]);
      return `ip link set ${uplink} mtu ${mtu}; ip -n up link set p-host mtu ${mtu}; ${drop}`;
    },
  },
  {
    id: 'ttl-hop-limit',
    what: 'the answer’s TTL is used up on the way',
    kinds: ['egress'],
    make: (_, __, { address, port }) =>
      port === undefined
        ? undefined
        : `ip netns exec up iptables -t mangle -A POSTROUTING -s ${address} -j TTL --ttl-set 1`,
  },
  {
    id: 'external-firewall',
    // The router is seen here, and so are its rules.
    also: ['ctr-output-block', 'l2-filter-drop'],
    what: 'a router beyond drops it',
    kinds: ['egress', 'published-outside'],
    make: (random, _, { kind, address }) =>
      kind === 'egress'
        ? `ip netns exec up iptables -A INPUT -d ${address} -j ${random.pick(['DROP', 'REJECT'])}`
        : `ip netns exec up nft 'add table bridge sg; add chain bridge sg f { type filter hook forward priority 0; }; add rule bridge sg f ether type ip ip daddr ${address} tcp dport 1-65535 drop'`,
  },
  {
    id: 'no-return-route',
    what: 'the one who answers has lost its default route',
    kinds: ['published-outside', 'across'],
    at: AT.answer,
    make: (random, { outsider }, { server, kind, forward }) =>
      server === undefined
        ? undefined
        : kind === 'published-outside'
          ? random.pick([
              `ip -n ${server} route del default`,
              `ip -n ${server} route add unreachable ${outsider}/32 metric 1; ip -n ${server} route del unreachable ${outsider}/32; ip -n ${server} route flush default`,
            ])
          : `ip -n ${server} route del default; true ${forward?.source}`,
  },
  {
    id: 'ctr-no-route',
    what: 'no default route in the container',
    kinds: ['egress', 'across'],
    at: AT.sender,
    make: (_, __, { client }) => client && `ip -n ${client} route del default`,
  },
  {
    id: 'ctr-wrong-gateway',
    what: 'a default route to nobody, or to a container that does not forward',
    kinds: ['egress', 'across'],
    at: AT.sender,
    make: (random, { first }, { client }) =>
      client &&
      `ip -n ${client} route replace default via ${first.net}.${random.pick([200, 3])}; ip netns exec c2 sysctl -qw net.ipv4.ip_forward=0`,
  },
  {
    id: 'no-address',
    also: ['ctr-no-route'],
    what: 'no address in the container',
    kinds: ['egress', 'same-bridge'],
    at: AT.sender,
    make: (_, __, { client }) => (client === 'c1' ? 'ip -n c1 addr flush dev eth0' : undefined),
  },
  {
    id: 'wrong-prefix',
    what: 'a prefix by which a neighbour is remote, or another network is a neighbour',
    kinds: ['same-bridge', 'across'],
    at: AT.sender,
    make: (_random, { first, second }, { client, kind }) => {
      if (client !== 'c1') return undefined;
      const renew = (length: number) =>
        `ip -n c1 addr flush dev eth0; ip -n c1 addr add ${first.net}.2/${length} dev eth0`;
      if (kind === 'same-bridge') return renew(32);
      // The other network must lie in the same eight bits.
      if (first.net.split('.')[0] !== second.net.split('.')[0]) return undefined;
      return `${renew(8)}; ip -n c1 route add default via ${first.net}.1`;
    },
  },
  {
    id: 'link-down',
    what: 'the container’s own link down',
    kinds: ['egress', 'same-bridge', 'to-host', 'across'],
    at: AT.ownLink,
    make: (_, __, { client }) => client && `ip -n ${client} link set ${linkOf(client)} down`,
  },
  {
    id: 'loopback-down',
    what: 'lo down',
    kinds: ['egress'],
    make: () => 'ip -n c1 link set lo down',
    ask: (flow) => {
      const { port: _, ...rest } = flow;
      return { ...rest, to: '127.0.0.1', address: '127.0.0.1' };
    },
  },
  {
    id: 'destination-unowned',
    what: 'an address of the bridge that nobody has',
    kinds: ['same-bridge', 'from-host'],
    make: () => 'true',
    ask: (flow, net) => {
      const { port: _, ...rest } = flow;
      const address = `${bridgeOf(net, flow.client ?? 'c1') === net.second.bridge ? net.second.net : net.first.net}.77`;
      return { ...rest, to: address, address };
    },
  },
];
