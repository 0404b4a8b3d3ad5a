/** Wirings for the test of the walk's link layer, each with where one echo request ends there. */

/** Three containers on a bridge, which has an address itself; every address ends with its namespace's number. */
export const base = `
  ip link add br0 address 02:00:00:00:00:fe type bridge
  ip addr add 10.0.0.254/24 dev br0
  ip -6 addr add fd00::fe/64 dev br0 nodad
  ip link set br0 up
  n=1
  for x in a b c; do
    ip netns add $x
    ip -n $x link set lo up
    ip link add to-$x type veth peer name eth0 netns $x
    ip link set to-$x master br0 up
    ip -n $x link set eth0 up
    ip -n $x addr add 10.0.0.$n/24 dev eth0
    ip -n $x -6 addr add fd00::$n/64 dev eth0 nodad
    n=$((n+1))
  done`;

const mac = (namespace: string, link: string) =>
  `$(ip -n ${namespace} -br link show dev ${link} | awk '{print $3}')`;
const hostMac = (link: string) => `$(ip -br link show dev ${link} | awk '{print $3}')`;

/** A bridge beside the first, joined to it by a veth, with a fourth container. */
const secondBridge = `ip link add br1 type bridge; ip link set br1 up; ip link add j0 type veth peer name j1; ip link set j0 master br0 up; ip link set j1 master br1 up; ip netns add d; ip -n d link set lo up; ip link add to-d type veth peer name eth0 netns d; ip link set to-d master br1 up; ip -n d link set eth0 up; ip -n d addr add 10.0.0.4/24 dev eth0`;

/** What is set up on top of `base`, who sends to whom, and where the frame ends: a namespace's name, or `lost`. */
type Case = {
  readonly what: string;
  readonly setup?: string;
  readonly from?: string;
  /** The next hop, which is the destination as well. */
  readonly to: string;
  readonly ends: string;
  /** Kinds of faults that the walk names. */
  readonly faults?: readonly string[];
  /** The sender's link, `eth0` by default. */
  readonly by?: string;
};

export const cases: readonly Case[] = [
  { what: 'arrives at the other container', to: '10.0.0.2', ends: 'b' },
  { what: 'arrives by IPv6', to: 'fd00::2', ends: 'b' },
  { what: 'arrives at the bridge itself', to: '10.0.0.254', ends: 'host' },
  { what: 'arrives from the bridge itself', from: 'host', by: 'br0', to: '10.0.0.3', ends: 'c' },
  { what: 'for an address that nobody has is lost', to: '10.0.0.99', ends: 'lost', faults: ['unowned'] },
  {
    what: 'between isolated ports is lost',
    setup: 'for x in a b; do bridge link set dev to-$x isolated on; done',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'from an isolated port to another arrives',
    setup: 'bridge link set dev to-a isolated on',
    to: '10.0.0.2',
    ends: 'b',
  },
  ...[0, 1, 2].map((state) => ({
    what: `to a port in state ${state} is lost`,
    setup: `bridge link set dev to-b state ${state}`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['port-blocked'],
  })),
  {
    what: 'from a disabled port is lost',
    setup: 'bridge link set dev to-a state 0',
    to: '10.0.0.254',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'from a locked port that does not know the sender is lost',
    setup: 'bridge link set dev to-a locked on learning off; bridge fdb flush dev br0 dynamic || true',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'to a bridge that is down is lost',
    setup: 'ip link set br0 down',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['link-down'],
  },
  {
    what: 'with a link that is down is lost',
    setup: 'ip -n b link set eth0 down',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['no-carrier'],
  },
  {
    what: 'to a MAC that a person wrote wrongly is lost',
    setup: 'ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['neighbour-wrong'],
  },
  {
    what: 'to a MAC that a person wrote rightly arrives, though nobody would answer',
    setup: `ip -n a neigh replace 10.0.0.2 lladdr ${mac('b', 'eth0')} dev eth0 nud permanent; ip netns exec b sysctl -q net.ipv4.conf.all.arp_ignore=8`,
    to: '10.0.0.2',
    ends: 'b',
  },
  {
    what: 'to the MAC of another port of the bridge is lost',
    setup: `ip -n a neigh replace 10.0.0.254 lladdr ${hostMac('to-b')} dev eth0 nud permanent`,
    to: '10.0.0.254',
    ends: 'lost',
    faults: ['neighbour-wrong'],
  },
  ...[
    { level: 0, ends: 'b' },
    { level: 1, ends: 'lost' },
    { level: 2, ends: 'lost' },
    { level: 3, ends: 'b' },
    { level: 8, ends: 'lost' },
  ].map(({ level, ends }) => ({
    what: `for an address on lo with arp_ignore ${level} ends as it does`,
    setup: `ip -n b addr add 10.0.0.22/32 dev lo; ip netns exec b sysctl -q net.ipv4.conf.eth0.arp_ignore=${level}`,
    to: '10.0.0.22',
    ends,
    ...(ends === 'lost' ? { faults: ['neighbour-silent'] } : {}),
  })),
  {
    what: 'for an IPv6 address on lo is lost',
    setup: 'ip -n b addr add fd00::22/128 dev lo',
    to: 'fd00::22',
    ends: 'lost',
    faults: ['neighbour-silent'],
  },
  {
    what: 'with ARP off at the owner is lost',
    setup: 'ip -n b link set eth0 arp off',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['neighbour-silent'],
  },
  {
    what: 'with ARP off at the sender goes to its own MAC and is lost',
    setup: 'ip -n a link set eth0 arp off',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['neighbour-silent'],
  },
  {
    what: 'to an address on a bridge port arrives by its bridge',
    setup:
      'ip -n c link add inner type bridge; ip -n c link set inner up; ip -n c link set eth0 master inner',
    to: '10.0.0.3',
    ends: 'c',
  },
  {
    what: 'to an address on a bridge port, with arp_ignore 1, is lost',
    setup:
      'ip -n c link add inner type bridge; ip -n c link set inner up; ip -n c link set eth0 master inner; ip netns exec c sysctl -q net.ipv4.conf.all.arp_ignore=1',
    to: '10.0.0.3',
    ends: 'lost',
    faults: ['address-on-port'],
  },
  {
    what: 'to an address on a bridge port, with rp_filter, is lost',
    setup:
      'ip -n c link add inner type bridge; ip -n c link set inner up; ip -n c link set eth0 master inner; ip netns exec c sysctl -q net.ipv4.conf.inner.rp_filter=1',
    to: '10.0.0.3',
    ends: 'lost',
    faults: ['address-on-port'],
  },
  {
    what: 'from an address on a bridge port is lost',
    setup:
      'ip -n c link add inner type bridge; ip -n c link set inner up; ip -n c link set eth0 master inner',
    from: 'c',
    to: '10.0.0.1',
    ends: 'lost',
    faults: ['address-on-port'],
  },
  {
    what: 'from a macvlan to the link that it shares is lost',
    setup: macvlan('m', 'a', '10.0.0.11'),
    from: 'm',
    by: 'mv0',
    to: '10.0.0.1',
    ends: 'lost',
    faults: ['macvlan-isolated'],
  },
  {
    what: 'from a link to a macvlan on it is lost',
    setup: macvlan('m', 'a', '10.0.0.11'),
    to: '10.0.0.11',
    ends: 'lost',
    faults: ['macvlan-isolated'],
  },
  {
    what: 'from a macvlan to the link that it shares arrives, where a switch turns it round',
    setup: `${macvlan('m', 'a', '10.0.0.11')}; bridge link set dev to-a hairpin on`,
    from: 'm',
    by: 'mv0',
    to: '10.0.0.1',
    ends: 'a',
  },
  {
    what: 'from a macvlan to another on the same link arrives',
    setup: `${macvlan('m', 'a', '10.0.0.11')}; ${macvlan('o', 'a', '10.0.0.12')}`,
    from: 'm',
    by: 'mv0',
    to: '10.0.0.12',
    ends: 'o',
  },
  {
    what: 'from a private macvlan to another on the same link is lost',
    setup: `${macvlan('m', 'a', '10.0.0.11', 'private')}; ${macvlan('o', 'a', '10.0.0.12', 'private')}`,
    from: 'm',
    by: 'mv0',
    to: '10.0.0.12',
    ends: 'lost',
    faults: ['unowned'],
  },
  {
    what: 'from a macvlan to the bridge beyond arrives',
    setup: macvlan('m', 'a', '10.0.0.11'),
    from: 'm',
    by: 'mv0',
    to: '10.0.0.254',
    ends: 'host',
  },
  {
    what: 'to a macvlan from the bridge beyond arrives',
    setup: macvlan('m', 'a', '10.0.0.11'),
    from: 'b',
    to: '10.0.0.11',
    ends: 'm',
  },
  {
    what: 'to a macvlan on the bridge itself arrives',
    setup:
      'ip netns add m; ip link add mv0 link br0 netns m type macvlan mode bridge; ip -n m link set mv0 up; ip -n m addr add 10.0.0.11/24 dev mv0',
    to: '10.0.0.11',
    ends: 'm',
  },
  {
    what: 'over two bridges arrives',
    setup: secondBridge,
    to: '10.0.0.4',
    ends: 'd',
  },
  {
    what: 'over two bridges is lost at the port between',
    setup: `${secondBridge}; bridge link set dev j1 state 0`,
    to: '10.0.0.4',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'over a veth without a bridge arrives',
    setup:
      'ip -n a link add p0 type veth peer name p1 netns b; for x in a b; do ip -n $x link set p0 up 2>/dev/null || ip -n $x link set p1 up; done; ip -n a addr add 10.1.0.1/24 dev p0; ip -n b addr add 10.1.0.2/24 dev p1',
    by: 'p0',
    to: '10.1.0.2',
    ends: 'b',
  },
  {
    what: 'that the FDB has behind another port is lost, while nobody asks for its MAC',
    setup: `ip netns exec b sysctl -q net.ipv6.conf.eth0.disable_ipv6=1; ip netns exec a ping -c1 -W5 10.0.0.2; bridge fdb replace ${mac('b', 'eth0')} dev to-c master static`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['fdb-wrong'],
  },
  {
    what: 'that the FDB has behind another port arrives, for the bridge learns with the answer for its MAC',
    setup: `bridge fdb replace ${mac('b', 'eth0')} dev to-c master static`,
    to: '10.0.0.2',
    ends: 'b',
  },
  {
    what: 'that the FDB keeps behind another port is lost',
    setup: `bridge fdb replace ${mac('b', 'eth0')} dev to-c master sticky static`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['fdb-wrong'],
  },
  {
    what: 'whose question for a MAC is answered to another port is lost',
    setup: `bridge fdb replace ${mac('a', 'eth0')} dev to-c master sticky static`,
    to: '10.0.0.254',
    ends: 'lost',
    faults: ['fdb-wrong'],
  },
  {
    what: 'whose question for a MAC is answered from a locked port is lost',
    setup: `bridge link set dev to-b locked on learning off; for x in a b c; do bridge fdb del $(ip -n $x -br link show dev eth0 | awk '{print $3}') dev to-$x master || true; done`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'to a port that gets no frames for unknown MACs arrives, for the bridge learns with the answer',
    setup: `bridge link set dev to-b flood off`,
    to: '10.0.0.2',
    ends: 'b',
  },
  {
    what: 'that the FDB has as the bridge’s own is lost',
    setup: `bridge fdb replace ${mac('b', 'eth0')} dev to-b master permanent`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['fdb-wrong'],
  },
  {
    what: 'to an unknown MAC on a port that gets none is lost',
    setup: `bridge link set dev to-b flood off learning off; ip -n a neigh replace 10.0.0.2 lladdr ${mac('b', 'eth0')} dev eth0 nud permanent; bridge fdb del ${mac('b', 'eth0')} dev to-b master || true`,
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'between macvlans that a switch must turn round is lost without hairpin',
    setup: `${macvlan('m', 'a', '10.0.0.11', 'vepa')}; ${macvlan('o', 'a', '10.0.0.12', 'vepa')}`,
    from: 'm',
    by: 'mv0',
    to: '10.0.0.12',
    ends: 'lost',
    faults: ['port-blocked'],
  },
  {
    what: 'between macvlans that a switch turns round arrives',
    setup: `${macvlan('m', 'a', '10.0.0.11', 'vepa')}; ${macvlan('o', 'a', '10.0.0.12', 'vepa')}; bridge link set dev to-a hairpin on`,
    from: 'm',
    by: 'mv0',
    to: '10.0.0.12',
    ends: 'o',
  },
  {
    what: 'that the bridge shows to FORWARD is lost there',
    setup: 'sysctl -q net.bridge.bridge-nf-call-iptables=1; iptables-nft -P FORWARD DROP',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['filtered'],
  },
  {
    what: 'that the bridge does not show to FORWARD arrives',
    setup: 'sysctl -q net.bridge.bridge-nf-call-iptables=0; iptables-nft -P FORWARD DROP',
    to: '10.0.0.2',
    ends: 'b',
  },
  {
    what: 'of a bridge with a switch of its own is lost in FORWARD',
    setup:
      'sysctl -q net.bridge.bridge-nf-call-iptables=0; ip link set br0 type bridge nf_call_iptables 1; iptables-nft -P FORWARD DROP',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['filtered'],
  },
  {
    what: 'whose question for a MAC a firewall drops is lost',
    setup:
      'ip netns exec b ip6tables-nft -A INPUT -p icmpv6 -j DROP; ip netns exec b ip6tables-nft -P INPUT DROP',
    to: 'fd00::2',
    ends: 'lost',
    faults: ['filtered'],
  },
  {
    what: 'that a rule of the bridge family drops is lost',
    setup:
      'nft add table bridge t; nft add chain bridge t c "{ type filter hook forward priority 0; policy accept; }"; nft add rule bridge t c oifname "to-b" drop',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['filtered'],
  },
  {
    what: 'that a netdev rule drops is lost',
    setup:
      'nft add table netdev t; nft add chain netdev t c "{ type filter hook ingress device to-a priority 0; policy drop; }"',
    to: '10.0.0.2',
    ends: 'lost',
    faults: ['filtered'],
  },
];

function macvlan(namespace: string, on: string, address: string, mode = 'bridge'): string {
  return [
    `ip netns add ${namespace}; ip -n ${namespace} link set lo up`,
    `ip -n ${on} link add mv0 link eth0 netns ${namespace} type macvlan mode ${mode}`,
    `ip -n ${namespace} link set mv0 up; ip -n ${namespace} addr add ${address}/24 dev mv0`,
  ].join('; ');
}
