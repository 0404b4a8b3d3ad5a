/** Faults by rules: what drops, rejects or keeps from being tracked, in every world of rules. */
import type { Random } from '../agreement/random.ts';
import { AT, type FaultClass, FORWARDED } from './fault.ts';
import type { CaseFlow } from './flows.ts';
import { fitting } from './matches.ts';

const ANY_REJECT = [
  'DROP',
  'DROP',
  'REJECT',
  'REJECT --reject-with icmp-host-prohibited',
  'REJECT --reject-with icmp-admin-prohibited',
];

function rejecting(random: Random): string {
  return random.pick(ANY_REJECT);
}

/** The flows whose hooks are met on the way. */
function hookOf(random: Random, flow: CaseFlow, hooks: readonly ('prerouting' | 'forward' | 'input')[]) {
  const met = hooks.filter((hook) => flow[hook]);
  if (met.length === 0) return undefined;
  const hook = random.pick(met);
  const seen = flow[hook];
  return seen && { hook, seen };
}

/** A table of nftables' own with one chain, its drop written in one of several ways. */
function nftDrop(random: Random, family: string, hook: string, priority: string, conditions: string): string {
  const name = random.pick(['fw', 'guard', 'lockdown']);
  const verdict = random.pick(['drop', 'counter drop', 'counter reject', 'goto away', 'jump away']);
  const end = hook === 'prerouting' && verdict.includes('reject') ? 'drop' : verdict;
  return `nft -f - <<'RULES'
table ${family} ${name} {
  chain away { counter drop
  }
  chain ${name}1 { type filter hook ${hook} priority ${priority}; policy accept;
    ct state established,related accept
    ${conditions} ${end}
  }
}
RULES`;
}

export const filterFaults: readonly FaultClass[] = [
  {
    id: 'docker-user-block',
    what: "a user's rule in FORWARD or DOCKER-USER",
    kinds: FORWARDED,
    at: AT.forward,
    make: (random, net, { forward: seen }) => {
      if (net.style === 'native' || !seen) return undefined;
      const chain = net.style.startsWith('docker') ? random.pick(['DOCKER-USER', 'FORWARD']) : 'FORWARD';
      const { iptables } = fitting(random, seen);
      return random.pick([
        `${net.tool} -I ${chain} ${iptables} -j ${rejecting(random)}`,
        `${net.tool} -N f2b; ${net.tool} -I ${chain} -j f2b; ${net.tool} -A f2b ${iptables} -j ${rejecting(random)}`,
        `ipset create banned hash:net; ipset add banned ${seen.source}/32; ${net.tool} -I ${chain} -m set --match-set banned src -j ${rejecting(random)}`,
      ]);
    },
  },
  {
    id: 'docker-user-block',
    what: "a user's rule that drops the answers",
    kinds: FORWARDED,
    at: AT.answer,
    make: (_, net, { forward: seen }) =>
      net.style === 'native' || !seen
        ? undefined
        : `${net.tool} -I ${net.style.startsWith('docker') ? 'DOCKER-USER' : 'FORWARD'} -s ${seen.destination} -d ${seen.source} -m conntrack --ctstate ESTABLISHED -j DROP`,
  },
  {
    id: 'forward-policy-drop',
    // What was translated before it is dropped lacks the accept of Docker's chain as well.
    also: ['filter-accept-missing'],
    what: 'the rules of FORWARD flushed, its policy DROP',
    kinds: FORWARDED,
    at: AT.forward,
    make: (_, { style, tool }) =>
      style === 'native' ? undefined : `${tool} -P FORWARD DROP; ${tool} -F FORWARD`,
  },
  {
    id: 'forward-policy-drop',
    what: 'the accepts of one bridge deleted',
    kinds: ['egress', 'across'],
    at: AT.forward,
    make: (_, { style, tool, first }) =>
      style === 'native' || style === 'open'
        ? undefined
        : `${tool}-save -t filter | grep -v -e '^-A FORWARD .*${first.bridge} ' | ${tool}-restore -T filter`,
  },
  {
    id: 'nft-native-drop',
    what: 'a chain of nftables itself',
    kinds: ['egress', 'published-outside', 'across'],
    at: AT.forward,
    make: (random, _, flow) => {
      const met = hookOf(random, flow, ['forward', 'prerouting']);
      if (!met) return undefined;
      const priority =
        met.hook === 'prerouting'
          ? random.pick(['-300', '-150', '-50'])
          : random.pick(['0', '-10', '10', '300', '-5']);
      return nftDrop(random, random.pick(['inet', 'ip']), met.hook, priority, fitting(random, met.seen).nft);
    },
  },
  {
    id: 'nft-native-drop',
    what: 'a policy of drop in nftables itself, accepts for others',
    kinds: FORWARDED,
    at: AT.forward,
    make: () => `nft -f - <<'RULES'
table inet fw {
  chain passing { type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "lan*" accept
    ip daddr { 198.18.0.0/15 } accept
  }
}
RULES`,
  },
  {
    id: 'firewalld-zone-reject',
    what: "firewalld's forward chain, the bridge in no zone",
    kinds: ['egress', 'across'],
    at: AT.forward,
    make: (random, { uplink }) => `nft -f - <<'RULES'
table inet firewalld {
  chain filter_FORWARD { type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    iifname "${uplink}" jump filter_FWDI_public
    ${random.pick(['reject with icmpx type admin-prohibited', 'reject with icmpx admin-prohibited'])}
  }
  chain filter_FWDI_public { return
  }
}
RULES`,
  },
  {
    id: 'legacy-nft-split',
    what: 'a policy or a rule of the other flavour',
    kinds: FORWARDED,
    at: AT.forward,
    make: (random, { style }, { forward: seen }) => {
      if (!['docker', 'plain'].includes(style) || !seen) return undefined;
      return random.pick([
        'iptables-legacy -P FORWARD DROP',
        `iptables-legacy -A FORWARD ${fitting(random, seen).iptables} -j ${rejecting(random)}`,
      ]);
    },
  },
  {
    id: 'raw-drop',
    what: 'a drop in table raw',
    kinds: ['egress', 'published-outside', 'to-host', 'across'],
    at: AT.prerouting,
    make: (random, { tool, style }, { prerouting: seen }) =>
      style === 'native' || !seen
        ? undefined
        : `${tool} -t raw -A PREROUTING ${fitting(random, seen).iptables} -j DROP`,
  },
  {
    id: 'raw-notrack',
    what: 'kept from connection tracking, and so from translation',
    kinds: ['egress', 'published-outside'],
    at: AT.prerouting,
    make: (random, { tool, style }, { prerouting: seen, kind }) =>
      style === 'native' || !seen
        ? undefined
        : `${tool} -t raw -A PREROUTING ${fitting(random, seen).iptables} -j ${random.pick(['CT --notrack', 'NOTRACK'])}${kind === 'egress' ? `; ${tool} -I FORWARD -j ACCEPT` : ''}`,
  },
  {
    id: 'mangle-drop',
    what: 'a drop in table mangle',
    kinds: ['egress', 'published-outside', 'to-host', 'across'],
    at: AT.forward,
    make: (random, { tool, style }, flow) => {
      const met = hookOf(random, flow, ['prerouting', 'forward', 'input']);
      return style === 'native' || !met
        ? undefined
        : `${tool} -t mangle -A ${met.hook.toUpperCase()} ${fitting(random, met.seen).iptables} -j DROP`;
    },
  },
  {
    id: 'mangle-drop',
    what: 'a drop in POSTROUTING of table mangle',
    kinds: ['egress'],
    at: AT.postrouting,
    make: (_, { tool, style, uplink }, { forward: seen }) =>
      style === 'native'
        ? undefined
        : `${tool} -t mangle -A POSTROUTING -o ${uplink} -s ${seen?.source} -j DROP`,
  },
  {
    id: 'host-input-drop',
    what: 'INPUT drops or rejects',
    kinds: ['to-host'],
    at: AT.receiver,
    make: (random, { tool }, { input: seen }) =>
      seen &&
      random.pick([
        `${tool} -P INPUT DROP; ${tool} -A INPUT -i lo -j ACCEPT; ${tool} -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT`,
        `${tool} -A INPUT ${fitting(random, seen).iptables} -j ${rejecting(random)}`,
        nftDrop(random, 'inet', 'input', random.pick(['0', '-5', '20']), fitting(random, seen).nft),
      ]),
  },
  {
    id: 'br-netfilter-drop',
    what: 'FORWARD drops what only passes the bridge',
    kinds: ['same-bridge'],
    at: AT.bridge,
    make: (random, { bridgedMeetRules, style, first, second, tool }, { client }) => {
      const { bridge } = client === 'c5' ? second : first;
      if (!bridgedMeetRules || style === 'native') return undefined;
      return random.pick([
        `${tool} -I FORWARD -i ${bridge} -o ${bridge} -j DROP`,
        `nft 'add table ip keep; add chain ip keep apart { type filter hook forward priority 5; policy accept; }; add rule ip keep apart iifname "${bridge}" oifname "${bridge}" drop'`,
      ]);
    },
  },
  {
    id: 'networks-isolated',
    what: "another bridge, which Docker's rules keep apart",
    kinds: ['same-bridge'],
    make: (_, { style }, { client }) => (style.startsWith('docker') && client === 'c1' ? 'true' : undefined),
    ask: (flow, { second, servicePort }) => ({
      ...flow,
      kind: 'across',
      to: flow.port === undefined ? 'c3' : `c3:${servicePort}`,
      address: `${second.net}.2`,
    }),
  },
  {
    id: 'docker28-direct-drop',
    what: 'Docker 28’s rule against direct access',
    kinds: ['published-outside'],
    make: (random, { style, first, host, tool, servicePort }) =>
      style === 'native'
        ? undefined
        : `${tool} -t raw -A PREROUTING -d ${first.net}.3/32 ! -i ${first.bridge} -j DROP; ip -n ext route add ${first.net}.0/24 via ${host}; ${tool} -I FORWARD -p tcp --dport ${servicePort} -j ${random.pick(['ACCEPT'])}`,
    ask: (flow, { first, servicePort }) => ({
      ...flow,
      to: `c2:${servicePort}`,
      address: `${first.net}.3`,
      port: servicePort,
    }),
  },
  {
    id: 'filter-accept-missing',
    what: "the accepts of Docker's chain flushed",
    kinds: ['published-outside'],
    at: AT.forward,
    make: (_, { style, tool }) => (style.startsWith('docker') ? `${tool} -F DOCKER` : undefined),
  },
  {
    id: 'ctr-output-block',
    what: "a container's own rules",
    kinds: ['egress', 'same-bridge', 'across', 'to-host'],
    at: AT.sender,
    make: (random, _, { client, prerouting, address }) => {
      if (client === undefined) return undefined;
      const tool = random.pick(['iptables', 'iptables-legacy']);
      const seen = { source: prerouting?.source ?? '0.0.0.0', destination: address };
      return `ip netns exec ${client} ${random.pick([
        `${tool} -P OUTPUT DROP`,
        `${tool} -A OUTPUT ${fitting(random, seen).iptables.replace(/-s \S+/, '-o eth+')} -j ${rejecting(random)}`,
        `nft 'add table inet kill; add chain inet kill out { type filter hook output priority 0; policy drop; }; add rule inet kill out oifname "lo" accept'`,
      ])}`;
    },
  },
  {
    id: 'ctr-output-block',
    what: 'INPUT of the container that serves',
    kinds: ['same-bridge', 'across', 'published-outside', 'from-host'],
    at: AT.receiver,
    make: (random, _, { server }) =>
      server === undefined
        ? undefined
        : `ip netns exec ${server} ${random.pick([
            'iptables -P INPUT DROP',
            `iptables-legacy -A INPUT -i ${random.pick(['eth+', 'eth0'])} -j ${rejecting(random)}`,
            "nft 'add table ip f; add chain ip f in { type filter hook input priority 0; policy drop; }'",
          ])}`,
  },
  {
    id: 'ctr-redirect-dead',
    what: 'a redirect to a proxy that is not there',
    kinds: ['egress', 'same-bridge', 'across', 'to-host'],
    at: AT.sender,
    make: (random, _, { client, port }) =>
      client === undefined || port === undefined
        ? undefined
        : `ip netns exec ${client} ${random.pick([
            'iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
            `iptables-legacy -t nat -A OUTPUT -p tcp --dport ${port} -j REDIRECT --to-ports 15006`,
            `nft 'add table ip mesh; add chain ip mesh out { type nat hook output priority -100; }; add rule ip mesh out tcp dport ${port} redirect to :15001'`,
          ])}`,
  },
];
