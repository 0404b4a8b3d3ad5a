/** Two containers made by hand on one bridge, and an internet behind the host's uplink: what Docker does, without Docker. */
import type { Scenario, Step } from './scenario.ts';

const host = (run: string): Step => ({ in: 'host', run });

const FORWARD_TO_BRIDGE = 'FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
const FORWARD_FROM_BRIDGE = 'FORWARD -i br0 ! -o br0 -j ACCEPT';
const MASQUERADE = 'POSTROUTING -s 10.1.1.0/24 ! -o br0 -j MASQUERADE';

export const bridgeForward: Scenario = {
  name: 'bridge-forward',
  title: 'Two namespaces on a bridge, forwarded and masqueraded to the internet',
  story: [
    'ns3 and ns4 hang on br0, each by a veth pair: one end is their eth0, the other a port of the bridge.',
    'Their default route leads to br0 (10.1.1.1), where the host forwards what is not for itself.',
    'FORWARD lets them out and lets answers in; its policy drops the rest. The counters climb.',
    'POSTROUTING masquerades: the internet only ever sees 192.0.2.2, the address of the uplink.',
    'ns3 visits the web server 203.0.113.10 twice a second.',
  ],
  namespaces: ['ns3', 'ns4', 'internet'],
  steps: [
    host('ip link add br0 type bridge'),
    host('ip addr add 10.1.1.1/24 dev br0'),
    host('ip link set br0 up'),
    ...container('ns3', '10.1.1.3'),
    ...container('ns4', '10.1.1.4'),
    host('ip link add uplink type veth peer name eth0 netns internet'),
    host('ip addr add 192.0.2.2/24 dev uplink'),
    host('ip link set uplink up'),
    host('ip route add default via 192.0.2.1'),
    { in: 'internet', run: 'ip addr add 192.0.2.1/24 dev eth0' },
    { in: 'internet', run: 'ip addr add 203.0.113.10/32 dev lo' },
    { in: 'internet', run: 'ip link set eth0 up' },
    host('sysctl -q -w net.ipv4.ip_forward=1'),
    host('iptables -P FORWARD DROP'),
    host(`iptables -A ${FORWARD_TO_BRIDGE}`),
    host(`iptables -A ${FORWARD_FROM_BRIDGE}`),
    host('iptables -A FORWARD -i br0 -o br0 -j ACCEPT'),
    host(`iptables -t nat -A ${MASQUERADE}`),
  ],
  actors: [
    { kind: 'serve', in: 'internet', port: 80 },
    { kind: 'visit', in: 'ns3', address: '203.0.113.10', port: 80, everyMs: 500 },
  ],
  flow: { from: 'ns3', to: '203.0.113.10:80' },
  faults: [
    {
      name: 'no-default-route',
      cause: 'ctr-no-route',
      title: 'ns3 has lost its default route',
      inject: [{ in: 'ns3', run: 'ip route del default' }],
      mend: [{ in: 'ns3', run: 'ip route add default via 10.1.1.1' }],
    },
    {
      name: 'link-down',
      cause: 'link-down',
      title: "ns3's eth0 is down",
      inject: [{ in: 'ns3', run: 'ip link set eth0 down' }],
      mend: [
        { in: 'ns3', run: 'ip link set eth0 up' },
        { in: 'ns3', run: 'ip route add default via 10.1.1.1' },
      ],
    },
    {
      name: 'forwarding-off',
      cause: 'ip-forward-off',
      title: 'the host no longer forwards',
      inject: [host('sysctl -q -w net.ipv4.ip_forward=0')],
      mend: [host('sysctl -q -w net.ipv4.ip_forward=1')],
    },
    {
      name: 'forward-drop',
      cause: 'forward-policy-drop',
      title: 'the rule that lets the bridge out is gone, and the policy is DROP',
      inject: [host(`iptables -D ${FORWARD_FROM_BRIDGE}`)],
      mend: [host(`iptables -A ${FORWARD_FROM_BRIDGE}`)],
    },
    {
      name: 'no-masquerade',
      cause: 'masq-missing',
      title: 'the MASQUERADE rule is gone: private addresses leave as they are',
      inject: [host(`iptables -t nat -D ${MASQUERADE}`)],
      mend: [host(`iptables -t nat -A ${MASQUERADE}`)],
    },
  ],
};

function container(name: string, address: string): readonly Step[] {
  return [
    host(`ip link add br-${name} type veth peer name eth0 netns ${name}`),
    host(`ip link set br-${name} master br0`),
    host(`ip link set br-${name} up`),
    { in: name, run: `ip addr add ${address}/24 dev eth0` },
    { in: name, run: 'ip link set eth0 up' },
    { in: name, run: 'ip route add default via 10.1.1.1' },
  ];
}
