/** Random tables of iptables, in either flavour and family, from what iptables(8) and iptables-extensions(8) offer. */
import { HIDDEN_HOSTS, hostAddress, MARKS, PORTS, portRange, prefix, SOURCE_PORTS } from './pools.ts';
import type { Random } from './random.ts';
import type { RandomChain, RandomRule, RandomTable } from './rules.ts';
import { IPSETS, TOWN_LINKS, type TownFamily } from './town.ts';

type Place = {
  readonly random: Random;
  readonly family: TownFamily;
  readonly table: string;
  /** A built-in chain's name, or a user chain's. */
  readonly chain: string;
  /** Chains that may be called from here without coming back in a circle. */
  readonly callable: readonly string[];
  readonly uncertain: boolean;
};

type Words = { readonly text: string; readonly uncertain?: boolean; readonly protocol?: 'tcp' | 'udp' };

export const BUILT_IN_CHAINS: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};
const USER_CHAINS = ['u0', 'u1', 'u2'];

/** One table with up to three user chains. `uncertain`: rates and the like may occur. */
export function randomIptables(
  random: Random,
  dialect: 'iptables-nft' | 'iptables-legacy',
  family: TownFamily,
  name: string,
  uncertain: boolean,
): RandomTable {
  const users = USER_CHAINS.slice(0, random.below(USER_CHAINS.length + 1));
  const make = (chain: string, callable: readonly string[]): RandomChain => {
    const builtIn = BUILT_IN_CHAINS[name]?.includes(chain) === true;
    const policy = name !== 'nat' && random.chance(8) ? 'DROP' : 'ACCEPT';
    const place = { random, family, table: name, chain, callable, uncertain };
    return {
      name: chain,
      ...(builtIn ? { base: policy } : {}),
      rules: random.times(random.below(builtIn ? 5 : 4), () => randomRule(place)),
    };
  };
  return {
    dialect,
    family: family === 'ipv4' ? 'ip' : 'ip6',
    name,
    declarations: [],
    chains: [
      ...(BUILT_IN_CHAINS[name] ?? []).map((chain) => make(chain, users)),
      ...users.map((chain, index) => make(chain, users.slice(index + 1))),
    ],
  };
}

function randomRule(place: Place): RandomRule {
  const { random } = place;
  const target = randomTarget(place);
  const count = random.weighted<number>([
    [2, () => 0],
    [5, () => 1],
    [4, () => 2],
    [1, () => 3],
  ]);
  const protocol = target.protocol ? `-p ${target.protocol}` : '';
  const matches = random.times(count, () => randomMatch(place, target.protocol));
  // iptables takes each of these once only.
  const once = new Map(matches.map((match) => [onceOnly(match.text), match]));
  const parts = [...once.values()].toSorted(
    (a, b) => Number(b.text.startsWith('-')) - Number(a.text.startsWith('-')),
  );
  return {
    text: [protocol, ...parts.map(({ text }) => text), target.text].filter((part) => part !== '').join(' '),
    uncertain: [target, ...parts].some((part) => part.uncertain === true),
  };
}

/** What two conditions of one rule must not share. */
function onceOnly(text: string): string {
  const words = text.replace(/^! /, '').split(' ');
  if (words[0] === '-p') return 'protocol';
  return words[0] === '-m' ? (words[1] ?? '') : (words[0] ?? '');
}

function randomMatch(place: Place, protocol?: 'tcp' | 'udp'): Words {
  const { random, family, chain, table, uncertain } = place;
  const not = () => (random.chance(20) ? '! ' : '');
  const user = USER_CHAINS.includes(chain);
  const in_ = user || ['PREROUTING', 'INPUT', 'FORWARD'].includes(chain);
  const out = user || ['POSTROUTING', 'OUTPUT', 'FORWARD'].includes(chain);
  const text = (make: () => string) => (): Words => ({ text: make() });
  return random.weighted<Words>([
    [8, text(() => `${not()}-s ${prefix(random, family)}`)],
    [8, text(() => `${not()}-d ${prefix(random, family)}`)],
    [in_ ? 6 : 0, text(() => linkMatch(random, '-i'))],
    [out ? 6 : 0, text(() => linkMatch(random, '-o'))],
    [protocol ? 0 : 10, text(() => protocolMatch(place))],
    [protocol === 'tcp' ? 5 : 0, text(() => portMatch(place, 'tcp'))],
    [5, text(() => conntrackMatch(place))],
    [4, text(() => `-m mark ${not()}--mark ${markTest(random)}`)],
    [3, text(() => `-m connmark ${not()}--mark ${markTest(random)}`)],
    [4, text(() => addrtypeMatch(place, in_, out))],
    [
      2,
      text(
        () =>
          `-m comment --comment "${random.pick(['plain', 'with "quotes"'.replaceAll('"', "'"), '-j DROP'])}"`,
      ),
    ],
    [in_ && !out ? 2 : 0, text(() => `-m mac ${not()}--mac-source ${random.pick(TOWN_LINKS).far.mac}`)],
    [2, text(() => rangeMatch(place))],
    [4, text(() => setMatch(place))],
    [chain === 'OUTPUT' || chain === 'POSTROUTING' ? 2 : 0, text(() => ownerMatch(random))],
    [2, text(() => `-m length ${not()}--length ${random.pick(['0:59', '60', '40', '60:65535', '61:100'])}`)],
    [1, text(() => hopMatch(random, family))],
    [1, text(() => `-m dscp ${not()}--dscp ${random.pick([0, 10, 46])}`)],
    [
      1,
      text(
        () =>
          `-m physdev ${not()}${random.pick([`--physdev-in ${in_ ? 'lan0' : 'wan0'}`, '--physdev-is-bridged', '--physdev-is-in'])}`,
      ),
    ],
    [chain === 'PREROUTING' && table !== 'nat' ? 3 : 0, text(() => rpfilterMatch(random))],
    [uncertain ? 4 : 0, () => ({ text: uncertainMatch(place), uncertain: true })],
  ]);
}

/** Not `! -i +`: iptables-legacy-save prints nothing for it, as if the condition were not there. */
function linkMatch(random: Random, side: '-i' | '-o'): string {
  const word = linkWord(random);
  return `${word !== '+' && random.chance(20) ? '! ' : ''}${side} ${word}`;
}

function linkWord(random: Random): string {
  return random.pick(['lan0', 'lan1', 'wan0', 'wan1', 'lan+', 'wan+', 'lo', 'la+', '+']);
}

function protocolMatch(place: Place): string {
  const { random, family } = place;
  const icmp = family === 'ipv4' ? 'icmp' : 'ipv6-icmp';
  return random.weighted<string>([
    [2, () => `${random.chance(25) ? '! ' : ''}-p ${random.pick(['tcp', 'udp', icmp])}`],
    [3, () => `-p tcp ${portMatch(place, 'tcp')}`],
    [3, () => `-p udp ${portMatch(place, 'udp')}`],
    [2, () => `-p ${random.pick(['tcp', 'udp'])} ${multiportMatch(random)}`],
    [
      1,
      () =>
        family === 'ipv4'
          ? `-p icmp -m icmp --icmp-type ${random.pick(['8', '8/0', 'any', '0', '3/1'])}`
          : `-p ipv6-icmp -m icmp6 --icmpv6-type ${random.pick(['128', '129', '1/3'])}`,
    ],
  ]);
}

function portMatch({ random }: Place, protocol: 'tcp' | 'udp'): string {
  const not = () => (random.chance(20) ? '! ' : '');
  return random.weighted<string>([
    [5, () => `-m ${protocol} ${not()}--dport ${portRange(random, ':')}`],
    [2, () => `-m ${protocol} ${not()}--sport ${portRange(random, ':', SOURCE_PORTS)}`],
    [
      protocol === 'tcp' ? 2 : 0,
      () =>
        `-m tcp ${not()}--tcp-flags ${random.pick(['FIN,SYN,RST,ACK SYN', 'SYN,ACK SYN,ACK', 'SYN,RST SYN', 'ACK ACK', 'FIN,SYN FIN,SYN'])}`,
    ],
    [protocol === 'tcp' ? 1 : 0, () => `-m tcp ${not()}--syn`],
  ]);
}

function multiportMatch(random: Random): string {
  const kind = random.pick(['--dports', '--sports', '--ports']);
  const pool = kind === '--sports' ? SOURCE_PORTS : PORTS;
  const ports = random.some<number | string>([...pool, '1:79', '400:500'], 3).join(',');
  return `-m multiport ${random.chance(20) ? '! ' : ''}${kind} ${ports}`;
}

function conntrackMatch({ random, family }: Place): string {
  const not = random.chance(20) ? '! ' : '';
  const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT'];
  return random.weighted<string>([
    [8, () => `-m conntrack ${not}--ctstate ${random.some(states, 2).join(',')}`],
    [1, () => `-m state ${not}--state ${random.some(states.slice(0, 5), 2).join(',')}`],
    [2, () => `-m conntrack ${not}--ctorigdst ${prefix(random, family)}`],
    [2, () => `-m conntrack ${not}--ctorigsrc ${prefix(random, family)}`],
    [1, () => `-m conntrack --ctproto ${random.pick([6, 17])} ${not}--ctorigdstport ${random.pick(PORTS)}`],
    [1, () => `-m conntrack --ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`],
    [1, () => `-m conntrack ${not}--ctproto ${random.pick([6, 17])}`],
    [1, () => `-m conntrack ${not}--ctstatus ${random.pick(['NONE', 'SEEN_REPLY', 'CONFIRMED'])}`],
    [1, () => `-m conntrack ${not}--ctreplsrc ${prefix(random, family)}`],
  ]);
}

function markTest(random: Random): string {
  return `${random.pick(MARKS)}${random.chance(40) ? `/${random.pick(['0x1', '0xf', '0xff'])}` : ''}`;
}

function addrtypeMatch({ random, family }: Place, in_: boolean, out: boolean): string {
  const types = ['LOCAL', 'UNICAST', 'MULTICAST', ...(family === 'ipv4' ? ['BROADCAST'] : [])];
  const limit = random.chance(25)
    ? in_ && !out
      ? ' --limit-iface-in'
      : out && !in_
        ? ' --limit-iface-out'
        : ''
    : '';
  const not = random.chance(25) ? '! ' : '';
  return `-m addrtype ${not}--${random.pick(['dst', 'src'])}-type ${random.some(types, 2).join(',')}${limit}`;
}

function rangeMatch({ random, family }: Place): string {
  const network = random.pick(TOWN_LINKS).network[family];
  const first = 1 + random.below(3);
  const not = random.chance(20) ? '! ' : '';
  return `-m iprange ${not}--${random.pick(['src', 'dst'])}-range ${network}${first}-${network}${first + random.below(3)}`;
}

function setMatch({ random, family }: Place): string {
  const not = random.chance(25) ? '! ' : '';
  const side = () => random.pick(['src', 'dst']);
  if (random.chance(15)) return `-m set ${not}--match-set ports ${side()}`;
  const name = random.pick(IPSETS);
  const sides = name === 'web' || name === 'pairs' ? `${side()},${side()}` : side();
  return `-m set ${not}--match-set ${name}${family === 'ipv4' ? 4 : 6} ${sides}`;
}

function ownerMatch(random: Random): string {
  const not = random.chance(30) ? '! ' : '';
  return `-m owner ${not}${random.pick(['--uid-owner 0', '--uid-owner 1-1000', '--gid-owner 0', '--socket-exists'])}`;
}

function rpfilterMatch(random: Random): string {
  const options = ['--loose', '--validmark', '--accept-local', '--invert'].filter(() => random.chance(40));
  return ['-m rpfilter', ...options].join(' ');
}

function hopMatch(random: Random, family: TownFamily): string {
  const value = random.pick([63, 64]);
  if (family === 'ipv4') return `-m ttl --ttl-${random.pick(['eq', 'lt', 'gt'])} ${value}`;
  return `-m hl --hl-${random.pick(['eq', 'lt', 'gt'])} ${value}`;
}

function uncertainMatch({ random, family }: Place): string {
  const name = `n${random.below(1000)}`;
  return random.pick([
    '-m limit --limit 1/minute --limit-burst 2',
    '-m statistic --mode random --probability 0.5',
    '-m statistic --mode nth --every 2 --packet 0',
    '-m quota --quota 200',
    `-m recent --name ${name} --set`,
    `-m recent --name ${name} --rcheck --seconds 60`,
    `-m hashlimit --hashlimit-upto 1/minute --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-name ${name}`,
    family === 'ipv4' ? '-m u32 --u32 "6&0xFF=6"' : '-m statistic --mode nth --every 3 --packet 0',
    '-m connlimit --connlimit-above 3',
    '-m cpu --cpu 0',
    // Whether another connection has announced this one is told of no established connection.
    '-m conntrack --ctstatus EXPECTED',
    '-m connbytes --connbytes 2 --connbytes-dir original --connbytes-mode packets',
  ]);
}

function randomTarget(place: Place): Words {
  const { random, family, table, chain, callable } = place;
  const text = (make: () => string) => (): Words => ({ text: make() });
  const user = USER_CHAINS.includes(chain);
  const filters = table !== 'nat';
  return random.weighted<Words>([
    [table === 'nat' ? 3 : 6, text(() => '-j ACCEPT')],
    [filters ? (table === 'filter' ? 5 : 2) : 0, text(() => '-j DROP')],
    [3, text(() => '-j RETURN')],
    [2, text(() => '')],
    [callable.length > 0 ? 7 : 0, text(() => `-${random.chance(25) ? 'g' : 'j'} ${random.pick(callable)}`)],
    [table === 'filter' ? 4 : 0, () => rejectTarget(random, family)],
    [table === 'mangle' ? 8 : 1, text(() => (table === 'mangle' ? markTarget(random) : ''))],
    [
      table === 'mangle' || table === 'raw' ? 2 : 0,
      text(
        () =>
          `-j CONNMARK ${random.pick([`--set-mark ${random.pick(MARKS)}`, '--save-mark', '--restore-mark', '--set-xmark 0x2/0x3', '--save-mark --nfmask 0xf --ctmask 0xf', '--restore-mark --nfmask 0xf --ctmask 0xf'])}`,
      ),
    ],
    [table === 'raw' ? 4 : 0, text(() => '-j CT --notrack')],
    [table === 'mangle' ? 1 : 0, text(() => `-j DSCP --set-dscp ${random.pick([0, 10, 46])}`)],
    [table === 'nat' && !user ? 10 : 0, () => natTarget(place)],
    [table === 'nat' && user ? 2 : 0, text(() => '')],
    [1, text(() => '-j LOG --log-prefix "netpeek: "')],
    [
      place.uncertain && table === 'filter' ? 1 : 0,
      () => ({
        text: `-j NFQUEUE --queue-num 7${random.chance(50) ? ' --queue-bypass' : ''}`,
        uncertain: true,
      }),
    ],
  ]);
}

function rejectTarget(random: Random, family: TownFamily): Words {
  if (random.chance(25)) return { text: '-j REJECT --reject-with tcp-reset', protocol: 'tcp' };
  const kinds =
    family === 'ipv4'
      ? [
          'net-unreachable',
          'host-unreachable',
          'port-unreachable',
          'proto-unreachable',
          'net-prohibited',
          'host-prohibited',
          'admin-prohibited',
        ].map((kind) => `icmp-${kind}`)
      : ['no-route', 'adm-prohibited', 'addr-unreachable', 'port-unreachable'].map((kind) => `icmp6-${kind}`);
  return { text: `-j REJECT${random.chance(80) ? ` --reject-with ${random.pick(kinds)}` : ''}` };
}

function markTarget(random: Random): string {
  const value = random.pick(MARKS);
  return `-j MARK ${random.pick([`--set-mark ${value}`, `--set-xmark ${value}/0xf`, `--or-mark ${value}`, `--and-mark ${value}`, `--xor-mark ${value}`])}`;
}

function natTarget(place: Place): Words {
  const { random, family, chain } = place;
  const whole = (address: string) => (family === 'ipv4' ? address : `[${address}]`);
  const network = random.pick(TOWN_LINKS).network[family];
  const hidden = `${network}${random.pick(HIDDEN_HOSTS)}`;
  const netmap = (): Words => ({ text: `-j NETMAP --to ${network}${family === 'ipv4' ? '0/24' : '/64'}` });
  const port = random.pick(PORTS);
  if (chain === 'PREROUTING' || chain === 'OUTPUT')
    return random.weighted<Words>([
      [
        3,
        () => ({
          text: `-j DNAT --to-destination ${random.chance(50) ? hidden : hostAddress(random, family)}`,
        }),
      ],
      [3, () => ({ text: `-m tcp -j DNAT --to-destination ${whole(hidden)}:${port}`, protocol: 'tcp' })],
      [2, () => ({ text: '-j REDIRECT' })],
      [2, () => ({ text: `-m udp -j REDIRECT --to-ports ${port}`, protocol: 'udp' })],
      [1, netmap],
      [
        place.uncertain ? 1 : 0,
        () => ({ text: `-j DNAT --to-destination ${network}2-${network}4`, uncertain: true }),
      ],
    ]);
  const source = `${random.pick(TOWN_LINKS).network[family]}${random.pick([1, 5])}`;
  if (chain === 'INPUT')
    return random.weighted<Words>([
      [3, () => ({ text: `-j SNAT --to-source ${hidden}` })],
      [1, netmap],
    ]);
  return random.weighted<Words>([
    [4, () => ({ text: '-j MASQUERADE' })],
    [3, () => ({ text: `-j SNAT --to-source ${source}` })],
    [2, () => ({ text: `-m tcp -j SNAT --to-source ${whole(source)}:5000`, protocol: 'tcp' })],
    [1, netmap],
    [place.uncertain ? 1 : 0, () => ({ text: '-j MASQUERADE --random', uncertain: true })],
    [
      place.uncertain ? 1 : 0,
      () => ({ text: `-m tcp -j MASQUERADE --to-ports 6000-6010`, protocol: 'tcp', uncertain: true }),
    ],
  ]);
}
