/** Questions that rules ask of the routing tables, and the sources and routes about which they are asked. */

/** The last part of a network's number, and what the router knows of the network. */
const SOURCES = {
  0: 'is behind the link that it comes by',
  1: 'is behind the other link',
  2: 'is routed to the other link',
  3: 'is in a blackhole',
  4: 'is behind both links',
  5: 'is prohibited',
  6: 'has a route for marked packets only, which these are',
  7: 'has a route for marked packets only, which these are not',
  8: 'is local by a route',
  9: 'is in no table',
} as const;

const network = {
  ipv4: (n: string | number) => `10.${n}.0.`,
  ipv6: (n: string | number) => `fd0${n}::`,
} as const;
export const FAMILIES = ['ipv4', 'ipv6'] as const;
export type Family = (typeof FAMILIES)[number];
const NUMBERS = Object.keys(SOURCES);
/** A host that the router is not, and that spoofs all these sources. */
const source = (family: Family, number: string) => `${network[family](number)}9`;
/** Of the router itself: nobody else may be it. */
const OWN = { ipv4: '10.1.0.1', ipv6: 'fd01::1' } as const;
/** The sources by names that chains can have. */
export const sourcesOf = (family: Family): ReadonlyMap<string, string> =>
  new Map([
    ...NUMBERS.map((number) => [`n${number}`, source(family, number)] as const),
    ['own', OWN[family]],
    ...(family === 'ipv6' ? [['nearby', 'fe80::99'] as const] : []),
  ]);
/** To the router itself, and through it. */
export const TARGETS = {
  ipv4: { here: '10.0.0.1', there: '10.1.0.2' },
  ipv6: { here: 'fd00::1', there: 'fd01::2' },
} as const;

export const FIB = `
fib saddr . iif oif missing
fib saddr . iif oif exists
fib saddr . mark . iif oif missing
fib saddr . mark . iif oif exists
fib saddr oif missing
fib saddr oif exists
fib saddr oif "w0"
fib saddr oif != "w0"
fib saddr . iif oif "w0"
fib saddr . mark . iif oif "w0"
fib saddr oifname "w1"
fib saddr . iif oifname "w*"
fib saddr . iif oifname != "w1"
fib saddr oif { "w0", "lo" }
fib saddr . iif oif != 0
fib daddr oif exists
fib daddr oif "w1"
fib daddr . iif oif missing
fib saddr . mark oif vmap { "w0" : continue }`
  .trim()
  .split('\n');

export const RPFILTER = [
  '',
  '--invert',
  '--loose',
  '--loose --invert',
  '--validmark',
  '--validmark --invert',
  '--loose --validmark',
  '--accept-local',
  '--accept-local --loose',
  '--loose --validmark --accept-local --invert',
];

const HOOKS = ['prerouting', 'input', 'forward'] as const;

/** A chain with all questions for each source, target and hook; one of the sources is marked before. */
export function nftRules(): string {
  const names = (hook: string) =>
    FAMILIES.flatMap((family) =>
      Object.entries(TARGETS[family]).flatMap(([to, target]) =>
        [...sourcesOf(family)].map(([name, from]) => ({
          chain: `${hook}_${family}_${to}_${name}`,
          when: `${family === 'ipv4' ? 'ip' : 'ip6'} saddr ${from} ${family === 'ipv4' ? 'ip' : 'ip6'} daddr ${target}`,
        })),
      ),
    );
  const marks = FAMILIES.map(
    (family) => `${family === 'ipv4' ? 'ip' : 'ip6'} saddr ${source(family, '6')} meta mark set 7`,
  );
  return `table inet t {
    chain marks { type filter hook prerouting priority -350; ${marks.join('; ')}; }
    ${HOOKS.flatMap((hook) => [
      ...names(hook).map(
        ({ chain }) => `chain ${chain} {\n${FIB.map((rule) => `${rule} counter`).join('\n')}\n}`,
      ),
      `chain ${hook} { type filter hook ${hook} priority -290;\n${names(hook)
        .map(({ chain, when }) => `${when} jump ${chain}`)
        .join('\n')}\n}`,
    ]).join('\n')}
  }`;
}

export const TOOLS = {
  ipv4: ['iptables', 'iptables-legacy'],
  ipv6: ['ip6tables', 'ip6tables-legacy'],
} as const;

export function iptablesRules(family: Family): string {
  return [
    '*raw',
    ':PREROUTING ACCEPT',
    ...[...sourcesOf(family)].flatMap(([name, from]) => [
      `:${name} -`,
      `-A PREROUTING -s ${from} -d ${TARGETS[family].here} -j ${name}`,
      ...RPFILTER.map((options) => `-A ${name} -m rpfilter ${options}`),
    ]),
    'COMMIT',
    '',
  ].join('\n');
}

export const routes = (family: Family): string => {
  const ip = `ip -n router ${family === 'ipv4' ? '-4' : '-6'}`;
  const net = (number: number) => `${network[family](number)}${family === 'ipv4' ? '0/24' : '/64'}`;
  const via = (number: number) => `via ${network[family](number)}2`;
  return `
    ${ip} route add ${net(2)} ${via(1)}
    ${ip} route add blackhole ${net(3)}
    ${ip} route add ${net(4)} nexthop ${via(0)} nexthop ${via(1)}
    ${ip} route add prohibit ${net(5)}
    ${ip} rule add fwmark 7 table 100
    ${ip} route add ${net(6)} ${via(0)} table 100
    ${ip} route add ${net(7)} ${via(0)} table 100
    ${ip} route add local ${net(8)} dev lo table local
    ip -n router neigh add ${network[family](1)}2 lladdr 02:00:00:00:00:09 nud permanent dev w1`;
};
