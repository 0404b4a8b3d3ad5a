/** A host with containers on two bridges, an uplink and machines beyond it, all made by hand, and faults to inject into it. */

/**
 * c1 (172.17.0.2) and c2 (.3, a server on port 80, published at 8080) on br0, c3 (172.18.0.2) on br1; the uplink eth0
 * (10.0.0.2) leads to a switch in `up`, which is the gateway (10.0.0.1) and the internet (203.0.113.10); ext (10.0.0.50)
 * is on that switch as well. IPv6 beside it.
 */
export const base = `
  sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  for x in c1 c2 c3 up ext; do ip netns add $x; ip -n $x link set lo up; done
  plug() {
    ip link add v$1 type veth peer name eth0 netns $1
    ip link set v$1 master $2 up
    ip -n $1 link set eth0 up
    ip -n $1 addr add $3/16 dev eth0
    ip -n $1 -6 addr add $4/64 dev eth0 nodad
    ip -n $1 route add default via $5
    ip -n $1 -6 route add default via $6
  }
  bridge() { ip link add $1 type bridge; ip addr add $2/16 dev $1; ip -6 addr add $3/64 dev $1 nodad; ip link set $1 up; }
  bridge br0 172.17.0.1 fd00:d::1
  bridge br1 172.18.0.1 fd00:e::1
  plug c1 br0 172.17.0.2 fd00:d::2 172.17.0.1 fd00:d::1
  plug c2 br0 172.17.0.3 fd00:d::3 172.17.0.1 fd00:d::1
  plug c3 br1 172.18.0.2 fd00:e::2 172.18.0.1 fd00:e::1
  ip -n up link add lan type bridge
  ip -n up link set lan up
  ip link add eth0 type veth peer name p-host netns up
  ip -n ext link add eth0 type veth peer name p-ext netns up
  for port in p-host p-ext; do ip -n up link set $port master lan up; done
  ip addr add 10.0.0.2/24 dev eth0
  ip -6 addr add 2001:db8::2/64 dev eth0 nodad
  ip link set eth0 up
  ip route add default via 10.0.0.1
  ip -6 route add default via 2001:db8::1
  ip -n up addr add 10.0.0.1/24 dev lan
  ip -n up -6 addr add 2001:db8::1/64 dev lan nodad
  ip -n up addr add 203.0.113.10/32 dev lo
  ip -n up -6 addr add 2001:db8:f::10/128 dev lo nodad
  ip -n ext addr add 10.0.0.50/24 dev eth0
  ip -n ext link set eth0 up
  iptables -P FORWARD DROP
  for b in br0 br1; do
    iptables -A FORWARD -o $b -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -A FORWARD -i $b -j ACCEPT
  done
  iptables -A FORWARD -d 172.17.0.3 -p tcp --dport 80 -j ACCEPT
  iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o br0 -j MASQUERADE
  iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o br1 -j MASQUERADE
  ip6tables -t nat -A POSTROUTING -s fd00:d::/64 ! -o br0 -j MASQUERADE
  iptables -t nat -A PREROUTING -d 10.0.0.2 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.3:80
  iptables -t nat -A OUTPUT -d 10.0.0.2 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.3:80`;

const INTERNET = '203.0.113.10';
const NEIGHBOUR = '172.17.0.3';
const PUBLISHED = '10.0.0.2:8080';
/** What c2 offers to the outside becomes another address or port. */
const publishAs = (target: string) =>
  `iptables -t nat -R PREROUTING 1 -d 10.0.0.2 -p tcp --dport 8080 -j DNAT --to-destination ${target}; iptables -I FORWARD -o br0 -j ACCEPT`;
const MAC_OF_C2 = "$(ip -n c2 -br link show dev eth0 | awk '{print $3}')";

export type Flow = { readonly from: string; readonly to: string };

/** Ways that work while nothing is broken. */
export const healthy: readonly Flow[] = [
  { from: 'c1', to: INTERNET },
  { from: 'c1', to: '2001:db8:f::10' },
  { from: 'c1', to: 'c2:80' },
  { from: 'c1', to: '10.0.0.2' },
  { from: 'c1', to: '172.18.0.2' },
  { from: 'host', to: 'c2:80' },
  { from: 'host', to: INTERNET },
  { from: 'ext', to: PUBLISHED },
];

export type DiagnosisCase = Flow & {
  readonly id: string;
  readonly what: string;
  readonly inject: string;
  /** It is lost in part alone: small packets pass. */
  readonly passes?: boolean;
};

export const faults: readonly DiagnosisCase[] = [
  {
    id: 'rp-filter-strict',
    what: 'a strict filter on the uplink, and a route back to the internet by another link',
    inject: `
      sysctl -qw net.ipv4.conf.eth0.rp_filter=1
      ip link add t0 type veth peer name t1; ip addr add 10.9.0.1/24 dev t0; ip link set t0 up; ip link set t1 up
      iptables -t mangle -A PREROUTING -i br0 -j MARK --set-mark 7
      ip rule add fwmark 7 lookup 70; ip route add default via 10.0.0.1 table 70
      ip route add 203.0.113.0/24 dev t0`,
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'local-source-martian',
    what: "the container's address on the host as well",
    inject: 'ip addr add 172.17.0.2/32 dev lo',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'route-localnet-off',
    what: 'a published port asked for at 127.0.0.1, without docker-proxy',
    inject:
      'iptables -t nat -A OUTPUT -d 127.0.0.1 -p tcp --dport 8081 -j DNAT --to-destination 172.17.0.3:80',
    from: 'host',
    to: '127.0.0.1:8081',
  },
  {
    id: 'destination-unowned',
    what: 'an address of the bridge that nobody has',
    inject: 'true',
    from: 'c1',
    to: '172.17.0.77',
  },
  {
    id: 'ctr-wrong-gateway',
    what: 'a default route to nobody',
    inject: 'ip -n c1 route replace default via 172.17.0.200',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'proxy-arp-needed',
    what: 'a gateway beyond a /32, and proxy_arp off',
    inject: `
      ip link set vc1 nomaster
      ip -n c1 addr flush dev eth0; ip -n c1 addr add 172.17.0.2/32 dev eth0
      ip -n c1 route add 169.254.1.1 dev eth0; ip -n c1 route add default via 169.254.1.1
      ip route add 172.17.0.2/32 dev vc1; iptables -P FORWARD ACCEPT`,
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'gateway-arp-failed',
    what: 'the gateway has lost its address',
    inject: 'ip -n up addr del 10.0.0.1/24 dev lan',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'gateway-arp-failed',
    what: 'a wrong MAC for the gateway, by hand',
    inject: 'ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:99 nud permanent dev eth0',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'stale-arp',
    what: 'a wrong MAC for the container, by hand',
    inject: 'ip neigh replace 172.17.0.3 lladdr 02:00:00:00:00:99 nud permanent dev br0',
    from: 'host',
    to: NEIGHBOUR,
  },
  {
    id: 'arp-suppressed',
    what: 'arp_ignore 8 in the neighbour',
    inject: 'ip netns exec c2 sysctl -qw net.ipv4.conf.all.arp_ignore=8',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'arp-suppressed',
    what: 'ARP off on the sender',
    inject: 'ip -n c1 link set eth0 arp off',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'address-on-bridge-port',
    what: 'the uplink made a port, its address left on it',
    inject:
      'ip link add br9 type bridge; ip link set br9 up; ip link set eth0 master br9; ip route replace default via 10.0.0.1',
    from: 'host',
    to: '10.0.0.1',
  },
  {
    id: 'bridge-port-state',
    what: 'a port disabled by hand',
    inject: 'bridge link set dev vc1 state 0',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'bridge-port-isolated',
    what: 'two isolated ports',
    inject: 'bridge link set dev vc1 isolated on; bridge link set dev vc2 isolated on',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'bridge-port-down',
    what: 'the host end down, asked from the host',
    inject: 'ip link set vc2 down',
    from: 'host',
    to: NEIGHBOUR,
  },
  {
    id: 'hairpin-off',
    what: 'a container that asks for its own published port',
    inject:
      'iptables -t nat -A POSTROUTING -s 172.17.0.3 -d 172.17.0.3 -p tcp --dport 80 -j MASQUERADE; sysctl -qw net.bridge.bridge-nf-call-iptables=1',
    from: 'c2',
    to: PUBLISHED,
  },
  {
    id: 'fdb-wrong',
    what: 'a sticky entry on the wrong port',
    inject: `bridge fdb replace ${MAC_OF_C2} dev vc1 master static sticky`,
    from: 'host',
    to: NEIGHBOUR,
  },
  {
    id: 'fdb-wrong',
    what: 'a locked port that learns nothing',
    inject:
      'ip link set vc1 nomaster; ip link set vc1 master br0; bridge link set dev vc1 locked on learning off',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'mtu-link-mismatch',
    what: 'the host end smaller than the container’s',
    inject: 'ip link set vc1 mtu 1400',
    from: 'c1',
    to: INTERNET,
    passes: true,
  },
  {
    id: 'macvlan-host-isolation',
    what: 'a macvlan and its host',
    inject: `
      ip netns add c4; ip link add mv0 link eth0 type macvlan mode bridge; ip link set mv0 netns c4
      ip -n c4 addr add 10.0.0.60/24 dev mv0; ip -n c4 link set mv0 up`,
    from: 'c4',
    to: '10.0.0.2',
  },
  {
    id: 'svc-not-listening',
    what: 'a port where nothing listens',
    inject: 'true',
    from: 'c1',
    to: 'c2:81',
  },
  {
    id: 'publish-wrong-port',
    what: 'the published port leads to another than the server’s',
    inject: publishAs('172.17.0.3:8000'),
    from: 'ext',
    to: PUBLISHED,
  },
  {
    id: 'dnat-stale',
    what: 'the published port leads to an address that is gone',
    inject: publishAs('172.17.0.77:80'),
    from: 'ext',
    to: PUBLISHED,
  },
  {
    id: 'ctr-redirect-dead',
    what: 'a redirect to a proxy that is not there',
    inject: 'ip netns exec c1 iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    from: 'c1',
    to: 'c2:80',
  },
  {
    id: 'br-netfilter-drop',
    what: 'FORWARD drops what only passes the bridge',
    inject: 'sysctl -qw net.bridge.bridge-nf-call-iptables=1; iptables -I FORWARD -i br0 -o br0 -j DROP',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'docker28-direct-drop',
    what: 'Docker 28’s rule against direct access',
    inject:
      'iptables -t raw -A PREROUTING -d 172.17.0.3/32 ! -i br0 -j DROP; ip -n ext route add 172.17.0.0/16 via 10.0.0.2; iptables -I FORWARD -o br0 -j ACCEPT',
    from: 'ext',
    to: NEIGHBOUR,
  },
  {
    id: 'policy-route-hijack',
    what: 'a table of a VPN that claims the containers’ subnet',
    inject: 'ip rule add pref 50 lookup 52; ip route add 172.17.0.0/16 via 10.0.0.1 table 52',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'route-blackhole',
    what: 'a policy rule that prohibits',
    inject: 'ip rule add pref 50 iif br0 prohibit',
    from: 'c1',
    to: INTERNET,
  },
  {
    id: 'ipv6-forward-off',
    what: 'forwarding of IPv6 off',
    inject: 'sysctl -qw net.ipv6.conf.all.forwarding=0',
    from: 'c1',
    to: '2001:db8:f::10',
  },
  {
    id: 'ipv6-no-nat66',
    what: 'no MASQUERADE for IPv6',
    inject: 'ip6tables -t nat -F POSTROUTING',
    from: 'c1',
    to: '2001:db8:f::10',
  },
  {
    id: 'host-input-drop',
    what: 'INPUT drops',
    inject: 'iptables -P INPUT DROP',
    from: 'c1',
    to: '10.0.0.2',
  },
  {
    id: 'loopback-down',
    what: 'lo down',
    inject: 'ip -n c1 link set lo down',
    from: 'c1',
    to: '127.0.0.1',
  },
  {
    id: 'bridge-down',
    what: 'the bridge down',
    inject: 'ip link set br0 down',
    from: 'c1',
    to: NEIGHBOUR,
  },
  {
    id: 'no-return-route',
    what: 'the answering container has lost its default route',
    inject: 'ip -n c2 route del default',
    from: 'ext',
    to: PUBLISHED,
  },
];
