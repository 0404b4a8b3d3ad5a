/** Random tables of nftables itself, from what nft(8) offers: several base chains at a hook, sets, maps, verdict maps. */

import { distinct, type Place, portsWord, type RulePlace, type Words } from './nft-place.ts';
import { HIDDEN_HOSTS, hostAddress, MARKS, PORTS, portRange, prefix, SOURCE_PORTS } from './pools.ts';
import type { Random } from './random.ts';
import { randomStatement } from './random-nft-statements.ts';
import type { RandomChain, RandomRule, RandomTable } from './rules.ts';
import { TOWN_LINKS, type TownFamily } from './town.ts';

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
const USER_CHAINS = ['u0', 'u1', 'u2'];
/** Around iptables' own places, and on them. */
const PRIORITIES = [-310, -300, -250, -199, -160, -150, -100, -90, -1, 0, 1, 10, 50, 99, 100, 110, 300];

export function randomNft(random: Random, name: string, uncertain: boolean): RandomTable {
  const tableFamily = random.pick(['ip', 'ip', 'ip6', 'inet', 'inet'] as const);
  const users = USER_CHAINS.slice(0, random.below(USER_CHAINS.length + 1));
  const placeOf = (hook: Place['hook'], type: Place['type'], callable: readonly string[]): Place => {
    const family =
      tableFamily === 'inet'
        ? random.pick(['ipv4', 'ipv4', 'ipv6'] as const)
        : tableFamily === 'ip'
          ? 'ipv4'
          : 'ipv6';
    return { random, tableFamily, family, hook, type, callable, uncertain };
  };
  const rulesOf = (most: number, hook: Place['hook'], type: Place['type'], callable: readonly string[]) =>
    random.times(random.below(most), () => randomRule(placeOf(hook, type, callable)));
  const bases = random.times(1 + random.below(4), (index): RandomChain => {
    const type = random.weighted<'filter' | 'nat' | 'route'>([
      [6, () => 'filter'],
      [3, () => 'nat'],
      [1, () => 'route'],
    ]);
    const hook =
      type === 'route'
        ? 'output'
        : random.pick(type === 'nat' ? HOOKS.filter((one) => one !== 'forward') : HOOKS);
    // The kernel refuses a nat chain before connection tracking.
    const priority = random.pick(type === 'nat' ? PRIORITIES.filter((one) => one > -200) : PRIORITIES);
    const policy = type !== 'nat' && random.chance(10) ? 'drop' : 'accept';
    return {
      name: `b${index}`,
      base: `type ${type} hook ${hook} priority ${priority}; policy ${policy};`,
      rules: rulesOf(6, hook, type, type === 'nat' ? [] : users),
    };
  });
  return {
    dialect: 'nft',
    family: tableFamily,
    name,
    declarations: declarations(random, tableFamily),
    chains: [
      ...bases,
      ...users.map(
        (user, index): RandomChain => ({
          name: user,
          rules: rulesOf(4, undefined, undefined, users.slice(index + 1)),
        }),
      ),
    ],
  };
}

function declarations(random: Random, family: 'ip' | 'ip6' | 'inet'): readonly string[] {
  const of = family === 'ip6' ? 'ipv6' : 'ipv4';
  const type = of === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
  const hosts = distinct(random, () => hostAddress(random, of));
  const targets = hosts.map(
    (host) => `${host} : ${random.pick(TOWN_LINKS).network[of]}${random.pick(HIDDEN_HOSTS)}`,
  );
  const ports = random.some(PORTS, 3);
  return [
    `set hosts { type ${type}; elements = { ${hosts.join(', ')} }; }`,
    `set nets { type ${type}; flags interval; elements = { ${networks(random, of)} }; }`,
    `set ports { type inet_service; elements = { ${ports.join(', ')} }; }`,
    `set pairs { type ${type} . inet_service; elements = { ${hosts.map((host) => `${host} . ${random.pick(PORTS)}`).join(', ')} }; }`,
    `set links { type ifname; elements = { "lan0", "wan1" }; }`,
    `map targets { type ${type} : ${type}; elements = { ${targets.join(', ')} }; }`,
    `map ways { type inet_service : verdict; elements = { ${ports.map((port) => `${port} : ${random.pick(['accept', 'drop', 'return', 'continue'])}`).join(', ')} }; }`,
    `map marks { type inet_service : mark; elements = { ${ports.map((port) => `${port} : ${random.pick(MARKS)}`).join(', ')} }; }`,
    'counter seen { }',
    `set met { type ${type}; flags dynamic; size 100; }`,
  ];
}

function networks(random: Random, family: TownFamily): string {
  return random
    .some(TOWN_LINKS, 2)
    .map(({ network }) =>
      family === 'ipv4'
        ? `${network[family]}${random.pick(['0/24', '2-10.9.0.0', '0/31']).replace('2-10.9.0.0', '0/30')}`
        : `${network[family]}/64`,
    )
    .join(', ');
}

function randomRule(around: Place): RandomRule {
  const { random } = around;
  const protocol = random.weighted<RulePlace['protocol']>([
    [4, () => 'tcp'],
    [2, () => 'udp'],
    [1, () => 'icmp'],
    [3, () => 'any'],
  ]);
  const place: RulePlace = { ...around, protocol };
  const count = random.weighted<number>([
    [1, () => 0],
    [5, () => 1],
    [4, () => 2],
    [1, () => 3],
  ]);
  const matches = random.times(count, () => randomMatch(place));
  const passing = random.chance(20)
    ? [{ text: random.pick(['counter', 'counter name seen', 'log prefix "netpeek "']) }]
    : [];
  const final = randomStatement(place);
  const parts: readonly Words[] = [...matches, ...passing, final];
  const text = parts
    .map((part) => part.text)
    .filter((part) => part !== '')
    .join(' ');
  return {
    text: text === '' ? 'counter' : text,
    // nft joins neighbouring fields: inequalities, which it lists as two all the same, and `th` ports, as raw bytes.
    uncertain:
      text.split('!=').length > 2 ||
      / th [^@]*\bth /.test(text) ||
      parts.some((part) => part.uncertain === true),
  };
}

function randomMatch(place: RulePlace): Words {
  const { random, family, tableFamily, hook, uncertain, protocol } = place;
  const ports = portsWord(place);
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const not = () => (random.chance(20) ? '!= ' : '');
  const text = (make: () => string) => (): Words => ({ text: make() });
  const in_ = hook === undefined || hook === 'prerouting' || hook === 'input' || hook === 'forward';
  const out = hook === undefined || hook === 'postrouting' || hook === 'output' || hook === 'forward';
  const side = () => random.pick(['saddr', 'daddr']);
  const sets = tableFamily === 'inet' ? family === 'ipv4' : true;
  return random.weighted<Words>([
    [8, text(() => `${ip} ${side()} ${not()}${prefix(random, family)}`)],
    [
      3,
      text(
        () => `${ip} ${side()} ${not()}{ ${distinct(random, () => hostAddress(random, family)).join(', ')} }`,
      ),
    ],
    [sets ? 3 : 0, text(() => `${ip} ${side()} ${not()}@${random.pick(['hosts', 'nets'])}`)],
    [
      sets && protocol !== 'icmp' ? 1 : 0,
      text(() =>
        ports === 'th'
          ? `meta l4proto { tcp, udp } ${ip} ${side()} . th dport ${not()}@pairs`
          : `${ip} ${side()} . ${ports} dport ${not()}@pairs`,
      ),
    ],
    [in_ ? 5 : 1, text(() => `iifname ${not()}${linkWord(random)}`)],
    [out ? 5 : 1, text(() => `oifname ${not()}${linkWord(random)}`)],
    [1, text(() => `${random.pick(['iif', 'oif'])} ${not()}"${random.pick(['lan0', 'wan0', 'lo'])}"`)],
    [protocol === 'icmp' ? 0 : 10, text(() => portMatch(place))],
    [protocol === 'any' ? 4 : 2, text(() => protocolMatch(place))],
    [6, text(() => conntrackMatch(place))],
    [
      4,
      text(
        () =>
          `meta mark ${random.pick([`${not()}${random.pick(MARKS)}`, `& 0xf == ${random.pick(MARKS) & 15}`, `{ 1, 2 }`, `1-5`, `& 0x1 != 0x1`])}`,
      ),
    ],
    [3, text(() => `ct mark ${not()}${random.pick(MARKS)}`)],
    [
      protocol === 'tcp' ? 5 : 0,
      text(
        () =>
          `tcp flags ${random.pick(['syn', '& (fin | syn | rst | ack) == syn', '! syn', '!= syn', 'syn / syn,ack', '{ syn, syn | ack }', '& (syn | ack) == syn | ack', 'ack'])}`,
      ),
    ],
    [4, text(() => fibMatch(place))],
    [tableFamily === 'inet' ? 2 : 0, text(() => `meta nfproto ${family}`)],
    [1, text(() => `${ip} length ${random.pick(['40', '20', '60', '0-59', '> 41', '!= 60'])}`)],
    [
      1,
      text(
        () => `${family === 'ipv4' ? 'ip ttl' : 'ip6 hoplimit'} ${random.pick(['63', '64', '< 64', '> 1'])}`,
      ),
    ],
    [1, text(() => `${ip} dscp ${not()}${random.pick(['cs0', 'af11', 'ef'])}`)],
    [1, text(() => `meta length ${random.pick(['< 60', '60', '40', '>= 60'])}`)],
    [in_ && !out ? 1 : 0, text(() => `ether saddr ${not()}${random.pick(TOWN_LINKS).far.mac}`)],
    [hook === 'output' || hook === 'postrouting' ? 1 : 0, text(() => `meta skuid ${not()}0`)],
    [1, text(() => `meta pkttype ${not()}host`)],
    [
      uncertain ? 4 : 0,
      () => ({
        text: random.pick(
          [
            'limit rate 1/minute burst 2 packets',
            'numgen random mod 2 0',
            'numgen inc mod 3 1',
            'quota over 200 bytes',
            'ct count over 3',
            ...(sets ? [`${ip} saddr @met`] : []),
            // Packets whose socket is known already are not asked about.
            ...(hook === 'input' ? ['fib saddr . iif oif != 0', 'fib saddr oif "lan0"'] : []),
            'jhash ip saddr mod 2 == 0',
          ].filter((one) => family === 'ipv4' || !one.includes('ip ')),
        ),
        uncertain: true,
      }),
    ],
  ]);
}

function linkWord(random: Random): string {
  return random.pick([
    '"lan0"',
    '"lan1"',
    '"wan0"',
    '"wan1"',
    '"lan*"',
    '"wan*"',
    '"lo"',
    '{ "lan0", "wan0" }',
    '@links',
  ]);
}

function protocolMatch({ random, family, protocol }: RulePlace): string {
  const icmp = family === 'ipv4' ? 'icmp' : 'icmpv6';
  const field = family === 'ipv4' ? 'ip protocol' : 'ip6 nexthdr';
  if (protocol === 'icmp')
    return random.pick([
      `${icmp} type echo-request`,
      `${icmp} type { echo-request, echo-reply }`,
      `${icmp} code 0`,
      `${field} ${icmp === 'icmp' ? icmp : 'ipv6-icmp'}`,
    ]);
  if (protocol !== 'any') return random.pick([`meta l4proto ${protocol}`, `${field} ${protocol}`]);
  return random.pick([
    'meta l4proto != tcp',
    'meta l4proto { tcp, udp }',
    'meta l4proto != { udp, icmp }',
    `${field} != udp`,
  ]);
}

function portMatch(place: RulePlace): string {
  const { random } = place;
  const protocol = portsWord(place);
  const l4 = protocol === 'th' ? 'meta l4proto { tcp, udp } ' : '';
  const not = random.chance(20) ? '!= ' : '';
  const sets = [`{ ${random.some(PORTS, 3).join(', ')} }`, '@ports', '{ 1-79, 443 }'];
  return `${l4}${protocol} ${random.weighted<string>([
    [5, () => `dport ${not}${portRange(random, '-')}`],
    [3, () => `dport ${not}${random.pick(sets)}`],
    [2, () => `sport ${not}${portRange(random, '-', SOURCE_PORTS)}`],
    [1, () => `dport ${random.pick(['<', '>', '<=', '>='])} ${random.pick(PORTS)}`],
  ])}`;
}

function conntrackMatch({ random, family, protocol }: RulePlace): string {
  const not = random.chance(20) ? '!= ' : '';
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const states = random.some(['new', 'established', 'related', 'invalid', 'untracked'], 2);
  return random.weighted<string>([
    [5, () => `ct state ${states.join(',')}`],
    [3, () => `ct state ${not}{ ${states.join(', ')} }`],
    [1, () => `ct state ${not}${states[0]}`],
    [
      2,
      () => `ct status ${random.pick(['snat', 'dnat', 'seen-reply', 'confirmed', '& dnat == 0', '! snat'])}`,
    ],
    [1, () => `ct direction ${not}${random.pick(['original', 'reply'])}`],
    [2, () => `ct original ${ip} ${random.pick(['saddr', 'daddr'])} ${not}${prefix(random, family)}`],
    [1, () => `ct reply ${ip} ${random.pick(['saddr', 'daddr'])} ${not}${prefix(random, family)}`],
    [
      protocol === 'tcp' || protocol === 'udp' ? 2 : 0,
      () => `meta l4proto ${protocol} ct original proto-dst ${not}${random.pick(PORTS)}`,
    ],
    [protocol === 'any' ? 1 : 0, () => `ct protocol ${not}${random.pick(['tcp', 'udp'])}`],
  ]);
}

function fibMatch({ random, hook }: Place): string {
  const choices = [
    'fib daddr type local',
    'fib daddr type { local, broadcast }',
    'fib daddr type != local',
    'fib saddr type local',
    'fib saddr type unicast',
  ];
  // The kernel refuses questions about a link in hooks that have none.
  const more = hook === 'prerouting' || hook === 'input' ? ['fib daddr . iif type local'] : [];
  const ways =
    hook === 'prerouting' || hook === 'forward'
      ? [
          'fib saddr . iif oif missing',
          'fib saddr . iif oif exists',
          'fib saddr . mark . iif oif exists',
          'fib saddr oif "lan0"',
          'fib saddr . iif oif != 0',
          'fib daddr oifname "wan*"',
          'fib daddr oif != "wan1"',
        ]
      : [];
  return random.pick([...choices, ...more, ...ways]);
}
