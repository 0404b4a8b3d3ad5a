/** Conditions as nft takes them, and which of them nobody can tell without asking the kernel. */
type Condition = { readonly rule: string; readonly unknown?: boolean };

const known = `
ip saddr 10.9.0.1
ip saddr != 10.9.0.1
ip saddr 10.9.0.0/24
ip daddr != 10.9.0.0/24
ip saddr 10.9.0.0-10.9.0.1
ip saddr & 255.0.0.255 == 10.0.0.1
ip saddr < 10.9.0.2
ip saddr > 10.9.0.1
ip saddr 0.0.0.0/0
ip6 saddr ::/0
ip6 saddr fd00::1
ip6 saddr != fd00::1
ip6 saddr fd00::/64
ip6 daddr { fd00::2, fe80::/10 }
ip6 daddr != { fd00::2, fe80::/10 }
ip saddr { 10.0.0.0/8, 1.1.1.1 }
ip saddr != { 10.0.0.0/8, 1.1.1.1 }
ip saddr @nets
ip saddr != @nets
ip saddr . udp dport @conc
ip saddr . udp dport != @conc
ip saddr . meta l4proto { 10.9.0.0/24 . udp, 1.1.1.1 . tcp }
udp dport 5000
udp dport != 5000
udp dport 4000-6000
udp dport != 4000-6000
udp dport { 53, 4999-5001 }
udp sport >= 40000
udp sport > 40000
udp sport <= 40000
udp sport < 40000
tcp dport 80
tcp dport != 80
tcp dport @ports
tcp dport != @ports
th sport 2048
th sport != 2048
meta l4proto { tcp, udp } th dport 80
sctp dport 5
sctp dport != 5
meta l4proto udp
meta l4proto != udp
meta l4proto { icmp, ipv6-icmp }
ip protocol udp
ip protocol != { tcp, udp }
ip6 nexthdr tcp
icmp type echo-request
icmp type != echo-request
icmp type { echo-reply, echo-request }
icmp type echo-request icmp code 0
icmpv6 type echo-request
icmpv6 type != echo-request
tcp flags syn
tcp flags != syn
tcp flags & (syn | ack) == syn
tcp flags & (syn | ack) != syn
tcp flags & (fin | syn | rst | ack) == syn
tcp flags ! syn,rst
tcp flags { syn, syn | ack }
tcp flags & rst == 0
meta nfproto ipv4
meta nfproto != ipv4
meta protocol ip
meta protocol { ip, arp }
meta length > 32
meta length 33
ip length > 32
ip ttl 64
ip ttl < 64
ip6 hoplimit 64
ip dscp cs0
ip dscp != cs0
ip dscp { af11, ef }
ip version 4
ip frag-off & 0x1fff != 0
ip frag-off & 0x1fff == 0
meta mark 0
meta mark != 0
meta mark & 0xff == 0
meta mark & 0x1 == 1
meta mark 0-5
meta mark { 1, 5-9 }
meta mark and 0x3 < 1
meta iifname "right"
meta iifname != "right"
meta iifname "rig*"
meta iifname != "rig*"
meta iifname { "left", "rig*" }
meta iifname != { "left", "x*" }
meta oifname "left"
meta oifname != "left"
meta oifname "l*"
meta iifname . meta oifname { "right" . "x" }
iif 0
iif != 0
oif 0
iif "lo"
iif != "lo"
oif != "lo"
meta iifgroup 2
meta iifgroup != 2
meta oifgroup 1
meta oifgroup != 7
meta iifkind "veth"
meta iifkind != "veth"
meta oifkind "veth"
meta iiftype ether
meta iiftype != loopback
meta pkttype host
meta pkttype != host
meta pkttype { broadcast, multicast }
ct state new
ct state != new
ct state invalid
ct state established,related
ct state new,untracked
ct state ! new
ct state @states
ct state { established, new }
ct direction original
ct direction reply
ct mark 0
ct mark != 5
ct mark & 0x1 == 0
ct status snat
ct status dnat
ct status ! dnat
ct status seen-reply
ct original ip saddr 10.9.0.1
ct original ip saddr != 10.9.0.1
ct original ip6 saddr fd00::1
ct reply ip saddr 10.9.0.2
meta l4proto udp ct original proto-dst 5000
meta l4proto tcp ct reply proto-src 80
ct zone 0
ct zone != 0
ct helper "ftp"
ct helper != "ftp"
udp length 13
udp length > 13
ct l3proto ipv4
ct protocol udp
fib daddr type local
fib daddr type != local
fib saddr type { local, unicast }
fib saddr type unicast
vlan id 5
vlan id != 5
meta mark set 0
add @seen { ip saddr }
add @seen6 { ip6 saddr }
meta mark set ip saddr map { 10.9.0.1 : 0, 10.9.0.7 : 1 }
meta mark set ip saddr map { 10.9.0.7 : 1 }
ct mark set 0
meta mark set ct mark
ip dscp set cs0
`;

const unknown = `
meta skgid 0
meta skuid != 5
meta skuid 0
th dport { 80, 5000 }
th dport 5000
ether saddr != 00:00:00:00:00:01
ct expiration > 1s
meta cpu 0
meta priority 0
meta hour "00:00"-"23:59"
ip ecn not-ect
tcp window > 0
tcp option maxseg exists
socket transparent 1
rt ip nexthop 10.9.0.2
ct bytes > 0
ct status confirmed
`;

export const CONDITIONS: readonly Condition[] = [
  ...linesOf(known).map((rule) => ({ rule })),
  ...linesOf(unknown).map((rule) => ({ rule, unknown: true })),
];

export const SETS = `
  set nets { type ipv4_addr; flags interval; elements = { 10.9.0.0/24, 192.168.0.5-192.168.0.9 }; }
  set ports { type inet_service; elements = { 22, 80 }; }
  set conc { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 4000-6000 }; }
  set states { type ct_state; elements = { established, new }; }
  set seen { type ipv4_addr; size 100; flags dynamic; }
  set seen6 { type ipv6_addr; size 100; flags dynamic; }
`;

function linesOf(text: string): readonly string[] {
  return text.trim().split('\n');
}
