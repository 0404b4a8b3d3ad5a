/**
 * Random addresses, routes, policy rules and sysctls in a namespace with six links, as lines for `ip -batch` and files
 * below /proc/sys/net. The same seed gives the same. The kernel refuses some of them, which is as good.
 */
import { Random } from '../agreement/random.ts';

export const LINKS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
export type Family = 'ipv4' | 'ipv6';

type RandomRouting = {
  readonly families: readonly Family[];
  /** For `ip -4 -batch` and `ip -6 -batch`. */
  readonly batches: Readonly<Record<Family, readonly string[]>>;
  /** Path below /proc/sys/net and value; they come first. */
  readonly sysctls: readonly (readonly [string, string])[];
};

/** Three pairs; `f` is down, so that `e` has no carrier. */
export const BUILD_LINKS = `
  echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
  echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad
  ip link add name a index 11 type veth peer name b index 12
  ip link add name c index 13 type veth peer name d index 14
  ip link add name e index 15 type veth peer name f index 16
  ip link set dev c group 3
  ip link set dev d group 3
  ip link set dev f group 3
  for one in lo a b c d e; do ip link set dev $one up; done`;

/** Few networks, so that prefixes lie within each other. */
const TABLES = ['main', 'main', 'main', '100', '200', '70000', 'local', 'default'] as const;
const TYPES = ['blackhole', 'unreachable', 'prohibit', 'throw'] as const;

export function randomRouting(seed: number): RandomRouting {
  const random = new Random(seed);
  const families: readonly Family[] = random.chance(50)
    ? ['ipv4']
    : random.chance(60)
      ? ['ipv6']
      : ['ipv4', 'ipv6'];
  return {
    families,
    sysctls: randomSysctls(random),
    batches: {
      ipv4: families.includes('ipv4') ? randomBatch(random, 'ipv4') : [],
      ipv6: families.includes('ipv6') ? randomBatch(random, 'ipv6') : [],
    },
  };
}

function randomBatch(random: Random, family: Family): readonly string[] {
  const addresses = random.times(3 + random.below(6), () => addressLine(random, family));
  const way =
    family === 'ipv4'
      ? 'route append default via 10.1.1.7 dev b onlink'
      : 'route append default via fd01::1:7 dev b onlink';
  const fallback = random.chance(60) ? [way] : [];
  const groups =
    random.chance(15) && family === 'ipv4'
      ? [
          `nexthop add id 1 dev a`,
          `nexthop add id 2 via 10.1.1.7 dev b onlink`,
          `nexthop add id 3 blackhole`,
          `nexthop add id 9 group 1/2`,
        ]
      : [];
  const routes = random.times(2 + random.below(14), () => routeLine(random, family));
  const rules = random.chance(35) ? [] : random.times(1 + random.below(7), () => ruleLine(random, family));
  const moved = random.chance(12)
    ? [`rule add pref 700 lookup local`, `rule del pref 0`]
    : random.chance(6)
      ? ['rule del pref 32766']
      : [];
  const failed = random.times(
    random.below(3),
    () => `neigh replace ${address(random, family)} dev ${random.pick(LINKS)} nud failed`,
  );
  return [...addresses, ...groups, ...routes, ...fallback, ...rules, ...moved, ...failed];
}

/** An address of the small world. */
export function address(random: Random, family: Family): string {
  const [first, second, last] = [1 + random.below(3), 1 + random.below(3), random.below(9)];
  if (family === 'ipv4') return `10.${first}.${second}.${random.chance(5) ? 255 : last}`;
  return random.chance(12) ? `fe80::${first}:${last}` : `fd0${first}::${second}:${last}`;
}

function prefix(random: Random, family: Family): string {
  if (random.chance(20)) return 'default';
  const lengths = family === 'ipv4' ? [8, 14, 16, 24, 28, 31, 32, 32] : [8, 16, 64, 112, 124, 127, 128, 128];
  return `${base(random, family)}/${random.pick(lengths)}`;
}

function base(random: Random, family: Family): string {
  return random.chance(12)
    ? random.pick(family === 'ipv4' ? ['192.0.2.9', '127.5.0.1', '224.1.0.1'] : ['2001:db8::9', 'ff02::5'])
    : address(random, family);
}

/** The kernel wants no host bits behind a prefix. */
function maskHost(text: string): string {
  const [host = '', length] = text.split('/');
  if (length === undefined) return text;
  return host.includes(':') ? text : `${maskIpv4(host, Number(length))}/${length}`;
}

function maskIpv4(host: string, length: number): string {
  const number = host.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const kept = Math.floor(number / 2 ** (32 - length)) * 2 ** (32 - length);
  return [24, 16, 8, 0].map((shift) => Math.floor(kept / 2 ** shift) % 256).join('.');
}

function addressLine(random: Random, family: Family): string {
  const length = random.pick(family === 'ipv4' ? [8, 24, 24, 30, 31, 32] : [64, 64, 112, 128]);
  const link = random.pick(['a', 'a', 'b', 'c', 'd', 'e', 'lo']);
  const scope = random.chance(15) ? ` scope ${random.pick(['link', 'host', 'site'])}` : '';
  const more =
    family === 'ipv4'
      ? random.chance(50)
        ? ' brd +'
        : ''
      : ` nodad${random.chance(20) ? ' preferred_lft 0' : ''}`;
  return `addr add ${address(random, family)}/${length} dev ${link}${more}${family === 'ipv4' ? scope : ''}`;
}

function routeLine(random: Random, family: Family): string {
  const to = maskHost(prefix(random, family));
  const table = ` table ${random.pick(TABLES)}`;
  const metric = random.chance(50) ? ` metric ${random.pick([5, 10, 20])}` : '';
  const tos = random.chance(8) && family === 'ipv4' ? ' tos 0x10' : '';
  const source = random.chance(15) ? ` src ${address(random, family)}` : '';
  const mtu = random.chance(10) ? ' mtu 1400' : '';
  const verb = random.pick(['add', 'add', 'append', 'prepend']);
  const tail = `${table}${metric}${tos}`;
  const preference = family === 'ipv6' && random.chance(20) ? ` pref ${random.pick(['low', 'high'])}` : '';
  return `route ${verb} ${random.weighted<string>([
    [20, () => `${random.pick(TYPES)} ${to}${tail}`],
    [5, () => `local ${to} dev ${random.pick(['lo', 'a'])}${tail}`],
    [family === 'ipv4' ? 4 : 0, () => `broadcast ${to} dev ${random.pick(LINKS)}${tail}`],
    [family === 'ipv4' ? 6 : 0, () => `${to} nhid ${random.pick([1, 2, 3, 9])}${tail}`],
    [
      30,
      () =>
        `${to} dev ${random.pick(LINKS)}${source}${mtu}${tail}${preference}${random.chance(10) && family === 'ipv4' ? ' scope host' : ''}`,
    ],
    [
      45,
      () =>
        `${to} ${hop(random, family)}${random.chance(60) ? ' onlink' : ''}${source}${mtu}${tail}${preference}`,
    ],
    [10, () => `${to}${tail} nexthop ${hop(random, family)} onlink nexthop ${hop(random, family)} onlink`],
  ])}`;
}

function hop(random: Random, family: Family): string {
  return `via ${address(random, family)} dev ${random.pick(LINKS)}`;
}

function ruleLine(random: Random, family: Family): string {
  const priority = random.pick([0, 5, 10, 20, 30, 40, 50, 32766, 40000]);
  const conditions = random.some<() => string>(
    [
      () => `from ${maskHost(rulePrefix(random, family))}`,
      () => `to ${maskHost(rulePrefix(random, family))}`,
      () => `iif ${random.pick([...LINKS, 'lo', 'gone'])}`,
      () => `oif ${random.pick([...LINKS, 'gone'])}`,
      () => `fwmark ${random.pick(['1', '2', '0x10/0xf0', '0/1'])}`,
      () => `ipproto ${random.pick(['tcp', 'udp', 'icmp'])}`,
      () => `dport ${random.pick(['53', '80-90', '2048', '443'])}`,
      () => `sport ${random.pick(['4000', '4000-5000'])}`,
      () => `uidrange ${random.pick(['0-0', '1000-1999'])}`,
      () => `tos ${random.pick(['0x10', '0x08'])}`,
    ],
    2,
  );
  const action = random.weighted<string>([
    [60, () => `lookup ${random.pick(TABLES)}${suppress(random)}`],
    [6, () => 'blackhole'],
    [6, () => 'unreachable'],
    [6, () => 'prohibit'],
    [6, () => 'nop'],
    [12, () => `goto ${random.pick([20, 30, 40, 50, 32766, 41000])}`],
  ]);
  const not = random.chance(20) ? 'not ' : '';
  return `rule add pref ${priority} ${not}${conditions.map((make) => make()).join(' ')} ${action}`;
}

function rulePrefix(random: Random, family: Family): string {
  const lengths = family === 'ipv4' ? [1, 8, 16, 24, 32] : [8, 16, 64, 128];
  return `${base(random, family)}/${random.pick(lengths)}`;
}

function suppress(random: Random): string {
  if (random.chance(12)) return ` suppress_prefixlength ${random.pick([0, 8, 24])}`;
  return random.chance(8) ? ' suppress_ifgroup 3' : '';
}

function randomSysctls(random: Random): RandomRouting['sysctls'] {
  const ipv4 = ['all', ...LINKS].flatMap((link) =>
    [
      ['rp_filter', random.pick(['0', '0', '1', '2'])],
      ['accept_local', random.chance(15) ? '1' : '0'],
      ['route_localnet', random.chance(10) ? '1' : '0'],
      ['src_valid_mark', random.chance(20) ? '1' : '0'],
      ['send_redirects', random.chance(40) ? '1' : '0'],
    ].map(([name, value]) => [`ipv4/conf/${link}/${name}`, value ?? ''] as const),
  );
  const forwarding = LINKS.map(
    (link) => [`ipv4/conf/${link}/forwarding`, random.chance(85) ? '1' : '0'] as const,
  );
  const linkdown = LINKS.map(
    (link) => [`ipv4/conf/${link}/ignore_routes_with_linkdown`, random.pick(['0', '1'])] as const,
  );
  return [
    ...(random.chance(50) ? ipv4 : ipv4.filter(([path]) => !path.includes('/all/'))),
    ...forwarding,
    ...linkdown,
    ['ipv6/conf/all/forwarding', random.pick(['0', '1'])],
    ['ipv6/conf/e/ignore_routes_with_linkdown', random.pick(['0', '1'])],
  ];
}
