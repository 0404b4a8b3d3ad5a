/** Rules of iptables in the manner of firewalld, ufw, kube-proxy and fail2ban, as iptables-save prints such rules. */
export const MANNERS: readonly string[] = [
  `*filter
:INPUT ACCEPT [0:0]
:INPUT_direct - [0:0]
:INPUT_ZONES - [0:0]
:IN_public - [0:0]
:IN_public_allow - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -j INPUT_direct
-A INPUT -j INPUT_ZONES
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A INPUT_ZONES -i eth+ -g IN_public
-A IN_public -j IN_public_allow
-A IN_public_allow -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT
-A IN_public_allow -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
COMMIT
`,
  `*filter
:INPUT DROP [7:420]
:ufw-before-input - [0:0]
:ufw-user-input - [0:0]
:ufw-not-local - [0:0]
:ufw-logging-deny - [0:0]
[3:180] -A INPUT -j ufw-before-input
[0:0] -A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT
[0:0] -A ufw-before-input ! -f -m addrtype --dst-type LOCAL -j RETURN
[0:0] -A ufw-before-input -j ufw-not-local
[0:0] -A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny
[0:0] -A ufw-logging-deny -m conntrack --ctstate INVALID -m limit --limit 3/min -j LOG --log-prefix "[UFW BLOCK] \\"x\\" "
[0:0] -A ufw-user-input -p tcp -m multiport --dports 80,443,8000:8100 -m comment --comment "'dapp_Nginx%20Full'" -j ACCEPT
[0:0] -A ufw-user-input -s 10.1.2.3/32 -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m recent --update --seconds 30 --hitcount 6 --name DEFAULT --mask 255.255.255.255 --rsource -j ufw-not-local
COMMIT
`,
  `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SVC-NPX46M4PTMTKRN6Y - [0:0]
:KUBE-SEP-A - [0:0]
:KUBE-SEP-B - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-SVC-NPX46M4PTMTKRN6Y ! -s 10.244.0.0/16 -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-MARK-MASQ
-A KUBE-SVC-NPX46M4PTMTKRN6Y -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A
-A KUBE-SVC-NPX46M4PTMTKRN6Y -j KUBE-SEP-B
-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 172.18.0.4:6443
-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 172.18.0.5-172.18.0.9:6443-6449 --random --persistent
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A POSTROUTING -m set --match-set KUBE-CLUSTER-IP dst,dst -j MASQUERADE --to-ports 1024-65535
COMMIT
`,
  `*mangle
:PREROUTING ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:TPROXY - [0:0]
-A PREROUTING -m set --match-set both src -m set ! --match-set blocked dst --return-nomatch -j DROP
-A PREROUTING -m connmark --mark 0x1/0xff -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
-A PREROUTING -p tcp -m socket --transparent -j TPROXY
-A TPROXY -j TPROXY --on-port 15001 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1
-A FORWARD -m iprange --src-range 10.0.0.1-10.0.0.99 -m physdev --physdev-in veth+ --physdev-is-bridged -j ACCEPT
-A FORWARD -m mac --mac-source 02:42:AC:11:00:02 -m length --length 0:1500 -m ttl --ttl-gt 3 -j TTL --ttl-dec 1
-A FORWARD -m u32 --u32 "0x6&0xff=0x11" -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" -j NFQUEUE --queue-num 0 --queue-bypass
-A OUTPUT -m owner --uid-owner 0-99 ! --gid-owner 5 --socket-exists -j DSCP --set-dscp 0x08
-A OUTPUT -p tcp -m tcp ! --sport 1024:65535 --tcp-option 5 -j CT --notrack
-A OUTPUT -j SET --add-set blocked dst --exist --timeout 60
COMMIT
`,
];
