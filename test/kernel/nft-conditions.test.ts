/**
 * Conditions of nftables against the kernel: each is a rule with a counter in chains at every hook that one packet meets,
 * and what netpeek says of the packet must be what the counters have counted. 'unknown' is allowed where it is listed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Link } from '../../src/model/link.ts';
import type { NftTable } from '../../src/model/nftables.ts';
import { nftBases } from '../../src/path/netfilter/nft-bases.ts';
import type { Packet } from '../../src/path/netfilter/packet.ts';
import type { HookName, RuleProgram } from '../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../src/path/netfilter/surroundings.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { createLab, type Host, type Lab } from '../helpers/lab.ts';
import { node } from '../helpers/paths.ts';
import { CONDITIONS, SETS } from './nft-conditions.ts';

/** The chains of the sender, then of the receiver, that a packet meets. */
const HOOKS = ['output', 'postrouting', 'prerouting', 'input'] as const;
/** Before connection tracking and after it. */
const PRIORITIES = { early: -300, late: 10 } as const;

type Sent = {
  readonly name: string;
  readonly send: string;
  /** Which packets are meant: what else the kernel sends by itself is not counted. */
  readonly only: string;
  readonly packet: Packet;
};

const connection: Packet['connection'] = {
  state: 'new',
  direction: 'original',
  original: { source: '10.9.0.1', destination: '10.9.0.2', sourcePort: 40_000, destinationPort: 5_000 },
  sourceTranslated: 'no',
  destinationTranslated: 'no',
  mark: 0,
};
const udp: Packet = {
  family: 'ipv4',
  protocol: 17,
  source: '10.9.0.1',
  destination: '10.9.0.2',
  sourcePort: 40_000,
  destinationPort: 5_000,
  tcpFlags: 0,
  length: 33,
  ttl: 64,
  dscp: 0,
  mark: 0,
  connection,
};
const { sourcePort: _, destinationPort: __, ...portless } = udp;
const PACKETS: readonly Sent[] = [
  {
    name: 'UDP',
    send: `${node} -e "const s=require('dgram').createSocket('udp4');s.bind(40000,()=>s.send('hello',5000,'10.9.0.2',()=>s.close()))"`,
    only: 'udp dport 5000',
    packet: udp,
  },
  {
    name: 'an echo request',
    send: 'ping -c 1 -s 4 -W 1 10.9.0.2',
    only: 'icmp type echo-request',
    packet: {
      ...portless,
      protocol: 1,
      icmpType: 8,
      icmpCode: 0,
      length: 32,
      connection: { ...connection, original: { source: '10.9.0.1', destination: '10.9.0.2' } },
    },
  },
  {
    name: 'TCP over IPv6',
    send: `${node} -e "require('net').connect({host:'fd00::2',port:80,localPort:40000}).on('error',()=>{})"`,
    only: 'tcp dport 80',
    packet: {
      ...udp,
      family: 'ipv6',
      protocol: 6,
      source: 'fd00::1',
      destination: 'fd00::2',
      destinationPort: 80,
      tcpFlags: 2,
      length: 80,
      connection: {
        ...connection,
        original: { source: 'fd00::1', destination: 'fd00::2', sourcePort: 40_000, destinationPort: 80 },
      },
    },
  },
];

/** The kernel looks for no socket where a packet leaves. */
function conditionsAt(hook: string) {
  return hook === 'postrouting' ? CONDITIONS.filter(({ rule }) => !rule.startsWith('socket ')) : CONDITIONS;
}

/** All conditions at every hook of the namespace, without any verdict. */
function rulesetFor(hooks: readonly string[], only: string): string {
  const rulesAt = (hook: string) =>
    conditionsAt(hook)
      .map(({ rule }) => `    ${rule} counter\n`)
      .join('');
  const chains = hooks.flatMap((hook) =>
    Object.entries(PRIORITIES).map(
      ([name, priority]) =>
        `  chain ${hook}_${name} {\n    type filter hook ${hook} priority ${priority};\n    ${only} jump start_${hook}_${name}\n  }\n`,
    ),
  );
  const bodies = hooks.flatMap((hook) =>
    Object.keys(PRIORITIES).map((name) => `  chain start_${hook}_${name} {\n${rulesAt(hook)}  }\n`),
  );
  return `table inet t {\n${SETS}\n${bodies.join('')}${chains.join('')}}\n`;
}

describe.each(PACKETS)('each condition holds for $name as in the kernel', ({ send, only, packet }) => {
  let lab: Lab;
  let tables: Readonly<Record<string, { table: NftTable; links: readonly Link[] }>>;
  beforeAll(async () => {
    lab = await createLab();
    const [a, b]: readonly Host[] = [await lab.host('a'), await lab.host('b')];
    if (!a || !b) throw new Error('no hosts');
    await lab.ok(`
      ip link add left netns a type veth peer name right netns b
      for place in a:left:1 b:right:2; do
        ns=\${place%%:*} n=\${place##*:}
        dev=\${place%:*} dev=\${dev#*:}
        ip netns exec $ns sysctl -qw net.ipv6.conf.$dev.accept_dad=0
        ip -n $ns addr add 10.9.0.$n/24 dev $dev
        ip -n $ns addr add fd00::$n/64 dev $dev nodad
        ip -n $ns link set $dev group $n up
      done`);
    await a.ok(['nft', '-f', '/dev/stdin'], { input: rulesetFor(HOOKS.slice(0, 2), only) });
    await b.ok(['nft', '-f', '/dev/stdin'], { input: rulesetFor(HOOKS.slice(2), only) });
    await a.run(['sh', '-c', send]);
    const snapshot = parseSnapshot(JSON.parse((await lab.netpeek(['snapshot'])).stdout), 'it');
    tables = Object.fromEntries(
      snapshot.namespaces.flatMap(({ name, nftables, links = [] }) => {
        const table = nftables?.find((one) => one.name === 't');
        return table ? [[name, { table, links }]] : [];
      }),
    );
  });
  afterAll(() => lab.dispose());

  test.each(HOOKS.flatMap((hook) => (['early', 'late'] as const).map((when) => [hook, when] as const)))(
    'at %s, %s',
    (hook, when) => {
      const { table, links } = tables[hook === 'output' || hook === 'postrouting' ? 'a' : 'b'] ?? {};
      if (!table || !links) throw new Error('the table was not read');
      const chain = `start_${hook}_${when}`;
      const { bases } = nftBases({ gaps: [] }, { id: '1', name: 'x', nftables: [table] });
      const program = bases[0]?.chains.get(chain);
      const rules = table.chains.find(({ name }) => name === chain)?.rules ?? [];
      const seen = packetAt(packet, hook, when);
      const around = surroundings(hook, links);
      const conditions = conditionsAt(hook);
      const wrong = conditions
        .map(({ rule, unknown }, index) => {
          const counted = (rules[index]?.counters?.packets ?? 0) > 0 ? 'yes' : 'no';
          const said = holds(program?.rules()[index], seen, around);
          return { rule, counted, said: said === 'unknown' && unknown ? counted : said };
        })
        .filter(({ counted, said }) => counted !== said);
      expect(rules).toHaveLength(conditions.length);
      expect(wrong).toEqual([]);
    },
  );
});

function packetAt(packet: Packet, hook: HookName, when: 'early' | 'late'): Packet {
  const isTracked = when === 'late' || hook === 'postrouting' || hook === 'input';
  return {
    ...packet,
    ...(hook === 'output' || hook === 'postrouting'
      ? { outLink: 'left', sender: { uid: 0, gid: 0 } }
      : { inLink: 'right' }),
    connection: { ...packet.connection, state: isTracked ? 'new' : 'none' },
  };
}

function surroundings(hook: HookName, links: readonly Link[]): Surroundings {
  const own = hook === 'output' || hook === 'postrouting' ? ['10.9.0.1', 'fd00::1'] : ['10.9.0.2', 'fd00::2'];
  return {
    hook,
    addressType: (address) => (own.includes(address) ? 'local' : 'unicast'),
    link: (name) => links.find((link) => link.name === name),
    ipset: () => undefined,
    usesZones: () => false,
  };
}

function holds(rule: RuleProgram | undefined, packet: Packet, around: Surroundings): string {
  let result = 'yes';
  for (const step of rule?.steps ?? []) {
    if (step.kind !== 'test') continue;
    const one = step.test(packet, around);
    if (one === 'no') return 'no';
    if (one === 'unknown') result = 'unknown';
  }
  return rule ? result : 'no rule';
}
