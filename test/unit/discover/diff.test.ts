import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffTexts } from '../../../src/discover/diff/rules.ts';
import { diffSnapshots } from '../../../src/discover/diff.ts';
import type { Rule } from '../../../src/model/firewall.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { formatDifference } from '../../../src/view/diff-lines.ts';
import { container, link, namespace, snapshot } from '../../helpers/made-up.ts';

const rule = (text: string, packets = 0): Rule => ({
  number: 1,
  matches: [],
  jump: 'jump',
  targetOptions: [],
  counters: { packets, bytes: 0 },
  text,
});
const chain = (name: string, ...rules: readonly Rule[]) => ({
  name,
  policy: 'ACCEPT',
  counters: { packets: 7, bytes: 7 },
  rules,
});
const nat = (...chains: readonly ReturnType<typeof chain>[]): NonNullable<Namespace['rulesets']> => [
  { family: 'ipv4', flavour: 'nft', unparsed: [], tables: [{ name: 'nat', chains }] },
];
const address = (address: string, ifindex = 2) =>
  ({ ifindex, family: 'ipv4', address, prefixLength: 24, scope: 'global', flags: [] }) as const;
const route = (destination: string, gateway: string) =>
  ({
    family: 'ipv4',
    destination,
    type: 'unicast',
    table: 'main',
    protocol: 'boot',
    scope: 'global',
    nextHops: [{ gateway, ifindex: 2, flags: [] }],
  }) as const;
const neighbour = (address: string, state: string, mac?: string) =>
  ({ ifindex: 2, family: 'ipv4', address, state, flags: [], ...(mac ? { mac } : {}) }) as const;
const told = (nameserver: string, container?: string) => ({
  path: '/x',
  source: 'host' as const,
  nameservers: [nameserver],
  search: [],
  options: [],
  embedded: false,
  ...(container === undefined ? {} : { container }),
});

const tcx = (id: number) => ({ ifindex: 2, attachedTo: 'ingress', id, name: 'look', tag: '01' }) as const;
const filter = (programName?: string) =>
  ({
    ifindex: 2,
    attachedTo: 'ingress',
    parent: 'ffff:',
    kind: 'bpf',
    priority: 1,
    protocol: 'all',
    chain: 0,
    handle: '0x1',
    bpf: { id: 9, directAction: true, ...(programName === undefined ? {} : { programName }) },
    actions: [],
  }) as const;

const web: Namespace = namespace({
  id: '2',
  containers: [container()],
  links: [link({ peer: { namespace: '1', ifindex: 9, name: 'veth9' } })],
  addresses: [address('10.0.0.2')],
  routes: [route('default', '10.0.0.1')],
  neighbours: [neighbour('10.0.0.1', 'REACHABLE', '02:00:00:00:00:01')],
  rulesets: nat(chain('POSTROUTING', rule('-A POSTROUTING -j MASQUERADE'))),
  sysctls: { 'ipv4/ip_forward': '0' },
});
const twoLinks: Namespace = { ...web, links: [link(), link({ ifindex: 3, name: 'eth1' })] };
const host = namespace({ id: '1', name: 'host', kind: 'host', links: [link({ ifindex: 9, name: 'veth9' })] });
const at = (...namespaces: readonly Namespace[]): Snapshot => snapshot({ namespaces: [host, ...namespaces] });
const lines = (before: Snapshot, after: Snapshot) =>
  diffSnapshots(before, after).differences.map((one) => formatDifference(one).text);

describe('the differences of two snapshots', () => {
  test.each<[string, Namespace, Namespace, readonly string[]]>([
    [
      'a link that went down',
      web,
      { ...web, links: [link({ operState: 'down', carrier: false, peer: web.links?.[0]?.peer ?? null })] },
      ['~ link web/eth0 operState up → down, carrier true → false'],
    ],
    [
      'a link that was made anew',
      web,
      {
        ...web,
        links: [link({ ifindex: 7, peer: web.links?.[0]?.peer ?? null })],
        addresses: [address('10.0.0.2', 7)],
        routes: [],
        neighbours: [],
      },
      ['~ link web/eth0 ifindex 2 → 7', '- route web default via 10.0.0.1 dev eth0'],
    ],
    [
      'an address that changed',
      web,
      { ...web, addresses: [address('10.0.0.3')] },
      ['+ address web/eth0 10.0.0.3/24', '- address web/eth0 10.0.0.2/24'],
    ],
    [
      'a route by another gateway',
      web,
      { ...web, routes: [route('default', '10.0.0.9')] },
      ['~ route web default next hop via 10.0.0.1 dev eth0 → via 10.0.0.9 dev eth0'],
    ],
    [
      "a neighbour's other MAC",
      web,
      { ...web, neighbours: [neighbour('10.0.0.1', 'STALE', '02:00:00:00:00:02')] },
      ['~ neighbour web/eth0 10.0.0.1 mac 02:00:00:00:00:01 → 02:00:00:00:00:02'],
    ],
    [
      'a neighbour that somebody wrote',
      web,
      { ...web, neighbours: [neighbour('10.0.0.1', 'PERMANENT', '02:00:00:00:00:01')] },
      ['~ neighbour web/eth0 10.0.0.1 permanent false → true'],
    ],
    ['states of neighbours: nothing', web, { ...web, neighbours: [neighbour('10.0.0.1', 'FAILED')] }, []],
    [
      'counters: nothing',
      web,
      { ...web, rulesets: nat(chain('POSTROUTING', rule('-A POSTROUTING -j MASQUERADE', 99))) },
      [],
    ],
    [
      'a rule before another',
      web,
      {
        ...web,
        rulesets: nat(
          chain('POSTROUTING', rule('-A POSTROUTING -j RETURN'), rule('-A POSTROUTING -j MASQUERADE')),
        ),
      },
      ['+ rule web ipv4 nft nat -A POSTROUTING -j RETURN'],
    ],
    [
      'a sysctl',
      web,
      { ...web, sysctls: { 'ipv4/ip_forward': '1', 'ipv4/conf/new/forwarding': '1' } },
      ['~ sysctl web ipv4/ip_forward value 0 → 1'],
    ],
    [
      'how many connections there are: nothing',
      { ...web, sysctls: { 'netfilter/nf_conntrack_count': '3' } },
      { ...web, sysctls: { 'netfilter/nf_conntrack_count': '4' } },
      [],
    ],
    [
      'a policy rule',
      { ...web, policyRules: [] },
      {
        ...web,
        policyRules: [
          { family: 'ipv4', priority: 100, action: 'lookup', table: '7', not: false, from: '10.0.0.0/8' },
        ],
      },
      ['+ policy-rule web ipv4 100: from 10.0.0.0/8 lookup 7'],
    ],
    [
      'a MAC that moved, and not of one that was learned',
      {
        ...twoLinks,
        fdb: [{ mac: '02:00:00:00:00:09', ifindex: 2, masterIfindex: 9, state: 'reachable', flags: [] }],
      },
      {
        ...twoLinks,
        fdb: [
          { mac: '02:00:00:00:00:09', ifindex: 3, masterIfindex: 9, state: 'reachable', flags: [] },
          { mac: '02:00:00:00:00:0a', ifindex: 3, masterIfindex: 9, state: 'reachable', flags: [] },
          { mac: '02:00:00:00:00:0b', ifindex: 3, masterIfindex: 9, state: 'static', flags: [] },
        ],
      },
      ['~ fdb web/eth1 02:00:00:00:00:09 link eth0 → eth1', '+ fdb web/eth1 02:00:00:00:00:0b'],
    ],
    [
      'another qdisc',
      {
        ...web,
        trafficControl: {
          qdiscs: [{ ifindex: 2, kind: 'noqueue', handle: '0:', parent: 'root' }],
          filters: [],
        },
      },
      {
        ...web,
        trafficControl: {
          qdiscs: [{ ifindex: 2, kind: 'netem', handle: '8001:', parent: 'root' }],
          filters: [],
        },
      },
      ['~ tc web/eth0 qdisc at root kind noqueue → netem, handle 0: → 8001:'],
    ],
    [
      'a program that took the place of another',
      { ...web, trafficControl: { qdiscs: [], filters: [], tcx: [tcx(7)] } },
      { ...web, trafficControl: { qdiscs: [], filters: [], tcx: [tcx(8)] } },
      ['+ tc web/eth0 program ingress look id 8', '- tc web/eth0 program ingress look id 7'],
    ],
    [
      'nothing of a program whose name the other could not ask for',
      { ...web, trafficControl: { qdiscs: [], filters: [filter('main')], tcx: [tcx(7)] } },
      {
        ...web,
        trafficControl: {
          qdiscs: [],
          filters: [filter()],
          tcx: [{ ifindex: 2, attachedTo: 'ingress', id: 7 }],
        },
      },
      [],
    ],
    [
      'who listens, and not of UDP',
      { ...web, sockets: [] },
      {
        ...web,
        sockets: (['tcp', 'udp'] as const).map((protocol) => ({
          protocol,
          family: 'ipv6',
          address: '::',
          port: 80,
          state: 'LISTEN',
          receiveQueue: 0,
          uid: 0,
          inode: 1,
        })),
      },
      ['+ socket web tcp [::]:80'],
    ],
    [
      'another name server',
      {
        ...web,
        resolver: told('1.1.1.1'),
      },
      {
        ...web,
        resolver: told('9.9.9.9'),
      },
      ['~ resolver web nameservers 1.1.1.1 → 9.9.9.9'],
    ],
    [
      'another name server of one container among several, and no container that came with its own',
      { ...web, resolver: { ...told('1.1.1.1'), others: [told('1.1.1.1', 'db')] } },
      { ...web, resolver: { ...told('1.1.1.1'), others: [told('9.9.9.9', 'db'), told('1.1.1.1', 'new')] } },
      ['~ resolver web db nameservers 1.1.1.1 → 9.9.9.9'],
    ],
    ['a container that restarted', web, { ...web, id: '77' }, ['~ namespace web inode 2 → 77']],
    [
      'another container in a namespace of the same inode',
      web,
      { ...web, name: 'db', containers: [container({ id: 'd'.repeat(64), name: 'db' })], links: [] },
      ['+ namespace db container', '- namespace web container (eth0)'],
    ],
  ])('tell of %s', (_, before, after, expected) => {
    expect(lines(at(before), at(after))).toEqual(expected);
  });

  test('name containers that stopped and networks that came, where both times an engine was asked', () => {
    const engine = { name: 'Docker', version: '28', endpoint: 'unix:///x' };
    const bridge = {
      id: 'n',
      name: 'back',
      driver: 'bridge',
      internal: false,
      subnets: ['10.9.0.0/16'],
      gateways: [],
      options: {},
    };
    const before = { ...at(web), engine };
    const after = {
      ...at(),
      engine,
      networks: [bridge],
      stoppedContainers: [container({ state: 'exited' })],
    };
    expect(lines(before, after)).toEqual([
      '~ container web (exited) state running → exited',
      '+ network back 10.9.0.0/16',
      '- namespace web container (eth0)',
    ]);
    expect(diffSnapshots(before, { ...after, engine: null }).notCompared).toEqual([
      'containers and networks',
    ]);
  });

  test('leave out a table that was not read, and say so', () => {
    const { routes, rulesets, ...rest } = web;
    const legacy = {
      ...web,
      rulesets: [{ family: 'ipv4', flavour: 'legacy', unparsed: [], tables: [] }],
    } as const;
    expect(diffSnapshots(at(web), at(legacy))).toMatchObject({
      differences: [],
      notCompared: ['web ipv4 nft rules', 'web ipv4 legacy rules'],
    });
    expect(diffSnapshots(at(web), at(rest))).toEqual({
      differences: [],
      notCompared: ['web routes', 'web rulesets'],
      comparedInPart: [],
    });
    const shaped = { ...web, trafficControl: { qdiscs: [], filters: [] } };
    const seen = { ...web, trafficControl: { ...shaped.trafficControl, tcx: [tcx(7)] } };
    expect(diffSnapshots(at(seen), at(shaped))).toMatchObject({ differences: [], notCompared: ['web tcx'] });
  });

  test('of one snapshot are none, and random edits are told exactly', () => {
    const octet = fc.integer({ min: 3, max: 250 });
    const set = fc.uniqueArray(octet, { maxLength: 12 });
    const build = (
      addresses: readonly number[],
      destinations: readonly number[],
      texts: readonly number[],
      links: readonly number[],
    ) =>
      at({
        ...web,
        links: [link(), ...links.map((each) => link({ ifindex: each, name: `l${each}` }))],
        addresses: addresses.map((each) => address(`10.0.0.${each}`)),
        routes: destinations.map((each) => route(`10.${each}.0.0/16`, '10.0.0.1')),
        rulesets: nat(chain('C', ...texts.map((each) => rule(`-A C -s 10.0.0.${each}`)))),
      });
    fc.assert(
      fc.property(fc.tuple(set, set, set, set), fc.tuple(set, set, set, set), (one, other) => {
        const before = build(...one);
        const after = build(...(other.map((each) => [...each].sort((a, b) => a - b)) as typeof other));
        const sorted = build(...(one.map((each) => [...each].sort((a, b) => a - b)) as typeof one));
        expect(diffSnapshots(before, before).differences).toEqual([]);
        const told = lines(sorted, after);
        const names = [
          (each: number) => `address web/eth0 10.0.0.${each}/24`,
          (each: number) => `route web 10.${each}.0.0/16 via 10.0.0.1 dev eth0`,
          (each: number) => `rule web ipv4 nft nat -A C -s 10.0.0.${each}`,
          (each: number) => `link web/l${each} veth`,
        ] as const;
        const expected = names.flatMap((name, table) => {
          const [was, is] = [one[table] ?? [], other[table] ?? []];
          return [
            ...is.filter((each) => !was.includes(each)).map((each) => `+ ${name(each)}`),
            ...was.filter((each) => !is.includes(each)).map((each) => `- ${name(each)}`),
          ];
        });
        expect([...told].sort()).toEqual([...expected].sort());
      }),
    );
  });
});

test('the fewest lines turn one list of rules into another', () => {
  const text: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(text), fc.array(text), (before, after) => {
      const changes = diffTexts(before, after);
      const left = [...before];
      for (const [, each] of changes.filter(([change]) => change === 'removed'))
        left.splice(left.indexOf(each), 1);
      const put = changes.filter(([change]) => change === 'added').map(([, each]) => each);
      expect([...left, ...put].sort()).toEqual([...after].sort());
    }),
  );
  expect(diffTexts(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual([
    ['removed', 'a'],
    ['added', 'a'],
  ]);
  const many = Array.from({ length: 3000 }, (_, index) => `rule ${index}`);
  expect(diffTexts(['x', ...many, 'x'], ['y', ...[...many].reverse(), 'y'])).toEqual([
    ['removed', 'x'],
    ['removed', 'x'],
    ['added', 'y'],
    ['added', 'y'],
  ]);
});
