import { describe, expect, test } from 'vitest';
import type { Hop } from '../../../src/model/diagnosis.ts';
import type { PolicyRule } from '../../../src/model/policy-rule.ts';
import { DEFAULT_RULES } from '../../../src/path/route/default-rules.ts';
import {
  type Asking,
  address,
  ask,
  type Changes,
  DOCKER_RULES,
  HOST_ROUTES,
  HOST_SYSCTLS,
  hostAddresses,
  hostLinks,
  link,
  network,
  route,
  withoutLines,
  withRule,
  withTable,
  world,
} from './world.ts';

const lookup = (priority: number, table: string): PolicyRule => ({
  family: 'ipv4',
  priority,
  action: 'lookup',
  table,
  not: false,
});

/** Rows of a table of tests: a name, what is changed, the destination. */
function cases(rows: readonly (readonly [string, Changes, string?])[]) {
  return rows.map(([name, changes, to]) => [name, { changes, to }] as const);
}

const inUser = (...rules: readonly string[]) =>
  rules.reduce((dump, rule) => withRule(dump, 'filter', `-A DOCKER-USER ${rule}`), DOCKER_RULES);
const NO_MASQUERADE = withoutLines(DOCKER_RULES, /-s 172\.17\.0\.0\/16 ! -o docker0 -j MASQUERADE/);
const native = { probe: 'nft', namespace: '1000', reason: 'native nftables tables exist: inet fw' };

describe('a healthy network raises no alarm', () => {
  test('the way to the internet is walked to the uplink, translated, and not claimed to work', () => {
    const { verdict, causes, hops, reply, flow } = ask({});
    expect({ verdict, causes }).toEqual({ verdict: 'undecided', causes: [] });
    expect(flow).toEqual({
      from: 'web',
      to: 'internet',
      proto: 'icmp',
      source: '172.17.0.2',
      destination: '203.0.113.1',
      port: null,
    });
    const inWords = (hop: Hop) => `${hop.n} ${hop.namespace}/${hop.link ?? ''} ${hop.stage} ${hop.verdict}`;
    expect(hops.map(inWords)).toEqual([
      '1 web/eth0 route pass',
      '2 web/eth0 neighbour pass',
      '3 host/veth1 link pass',
      '4 host/docker0 bridge pass',
      '5 host/up0 route pass',
      '6 host/ netfilter pass',
      '7 host/up0 nat pass',
      '8 host/up0 neighbour pass',
      '9 host/up0 link pass',
    ]);
    expect(reply.map(inWords)).toEqual([
      '1 host/up0 nat pass',
      '2 host/docker0 route pass',
      '3 host/ netfilter pass',
      '4 host/docker0 neighbour pass',
      '5 host/docker0 bridge pass',
      '6 web/eth0 link pass',
      '7 web/eth0 deliver pass',
    ]);
    expect(hops[6]).toMatchObject({
      rewrites: { source: '10.0.0.2' },
      rule: {
        table: 'nat',
        chain: 'POSTROUTING',
        number: 3,
        text: '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
      },
    });
    expect(hops[5]?.rule).toMatchObject({
      chain: 'FORWARD',
      text: '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    });
  });

  test.each(
    cases([
      ['drops for another address', { rules: inUser('-d 198.51.100.0/24 -j DROP') }],
      ['drops for another link', { rules: inUser('-i br-back -j DROP', '-o eth9 -j DROP') }],
      ['drops for another protocol', { rules: inUser('-p udp -j DROP') }, '203.0.113.1:443'],
      [
        'drops for another port',
        { rules: inUser('-p tcp -m multiport --dports 25,465:587 -j DROP') },
        '203.0.113.1:443',
      ],
      ['drops of what is invalid', { rules: inUser('-m conntrack --ctstate INVALID -j DROP') }],
      [
        'drops of new connections from outside',
        { rules: inUser('-i up0 -m conntrack --ctstate NEW -j DROP') },
      ],
      [
        'drops after an earlier return',
        {
          rules: inUser(
            '-j DROP',
            '-s 172.17.0.0/16 -j RETURN',
            '-m conntrack --ctstate ESTABLISHED -j RETURN',
          ),
        },
      ],
      ['icmp dropped and tcp asked', { rules: inUser('-p icmp -j DROP') }, '203.0.113.1:443'],
      [
        'an accept in legacy beside the nft rules',
        { legacy: '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i br9 -j DROP\nCOMMIT\n' },
      ],
      [
        'a blackhole for another prefix',
        {
          host: {
            routes: [...HOST_ROUTES, route('198.51.100.0/24', 0, { type: 'blackhole', nextHops: [] })],
          },
        },
      ],
      [
        'a second default route with a worse metric over a link that is down',
        {
          host: {
            routes: [...HOST_ROUTES, route('default', 9, { metric: 600 })],
            links: hostLinks(link(9, 'wlan0', { adminUp: false, carrier: false })),
          },
        },
      ],
      [
        'ip_forward 0 with forwarding on for the links in question',
        { host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/ip_forward': '0' } } },
      ],
      [
        'forwarding off on a link that is not on the way',
        { host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/br-back/forwarding': '0' } } },
      ],
      [
        'a drop in mangle for a mark nobody sets',
        { rules: withTable(DOCKER_RULES, 'mangle', 'FORWARD', '-A FORWARD -m mark --mark 0x7 -j DROP') },
      ],
      [
        'SNAT instead of MASQUERADE',
        {
          rules: withRule(
            NO_MASQUERADE,
            'nat',
            '-A POSTROUTING -s 172.16.0.0/12 -o up+ -j SNAT --to-source 10.0.0.2',
          ),
        },
      ],
      [
        'a destination that a rule replaces by one outside',
        {
          rules: withRule(DOCKER_RULES, 'nat', '-A PREROUTING -i docker0 -j DNAT --to-destination 10.0.0.9'),
        },
      ],
      [
        'a policy rule that leads to a table with the default route',
        {
          host: {
            policyRules: [...DEFAULT_RULES.ipv4, lookup(100, '51820')],
            routes: [...HOST_ROUTES.slice(1), route('default', 2, { gateway: '10.0.0.1', table: '51820' })],
          },
        },
      ],
      [
        'no translation for an address that is public',
        {
          rules: NO_MASQUERADE,
          web: {
            addresses: [address(2, '8.8.4.4/16')],
            routes: [route('8.8.0.0/16', 2), route('default', 2, { gateway: '8.8.0.1' })],
          },
          host: {
            addresses: hostAddresses(address(3, '8.8.0.1/16')),
            routes: [...HOST_ROUTES, route('8.8.0.0/16', 3)],
          },
        },
      ],
    ]),
  )('%s', (_, { changes, to }) => {
    const { verdict, causes, hops, reply } = ask(changes, { to });
    expect({ verdict, causes }).toEqual({ verdict: 'undecided', causes: [] });
    expect([...hops, ...reply].filter((hop) => hop.verdict !== 'pass')).toEqual([]);
  });
});

describe('what this host decides from end to end works', () => {
  test.each<readonly [string, Asking]>([
    ['a container on the same bridge', { to: 'web2:80' }],
    ['by its address, with icmp', { to: '172.17.0.3' }],
    ["a container's own address", { to: '172.17.0.2:80' }],
    ['its own loopback', { to: '127.0.0.1:80' }],
    ['the gateway', { to: '172.17.0.1' }],
    ['another address of the host', { to: '10.0.0.2' }],
    ['from the host to a container', { from: 'host', to: 'db:5432' }],
    ['a published port, from outside', { from: '198.51.100.7', to: '10.0.0.2:8080' }],
    ['a published port, from the host', { from: 'host', to: '10.0.0.2:8080' }],
  ])('%s', (_, asking) => {
    const { verdict, causes, hops, reply } = ask({}, asking);
    expect({ verdict, causes }).toEqual({ verdict: 'works', causes: [] });
    expect([...hops, ...reply].filter((hop) => hop.verdict !== 'pass')).toEqual([]);
  });
});

describe('what is not known is not claimed', () => {
  test.each(
    cases([
      [
        'a drop behind a condition nobody can evaluate',
        { rules: inUser('-m set --match-set banned src -j DROP') },
      ],
      ['a target nobody knows, before a drop', { rules: inUser('-j DROP', '-j NFQUEUE --queue-num 1') }],
      ['a target nobody knows', { rules: inUser('-j NFQUEUE --queue-num 1') }],
      [
        'a drop by a mark that nobody knows to be set',
        {
          rules: withTable(
            inUser('-m mark --mark 0x7 -j DROP'),
            'mangle',
            'PREROUTING',
            '-A PREROUTING -m set --match-set banned src -j MARK --set-xmark 0x7/0xff',
          ),
        },
      ],
      ['the rules of the host were not read', { host: { rulesets: undefined as never } }],
      [
        'legacy rules were not read',
        { host: { rulesets: world().host.rulesets?.filter(({ flavour }) => flavour === 'nft') ?? [] } },
      ],
      ['the sysctls were not read', { host: { sysctls: undefined as never } }],
      ["the host's routes were not read", { host: { routes: undefined as never } }],
      ["the container's routes were not read", { web: { routes: undefined as never } }],
      ["the container's addresses were not read", { web: { addresses: undefined as never, routes: [] } }],
      ["the container's links were not read", { web: { links: undefined as never } }],
      ['the host namespace is not in the snapshot', { snapshot: { namespaces: [world().web] } }],
      [
        'several next hops',
        {
          host: {
            routes: [
              ...HOST_ROUTES.slice(1),
              route('default', 2, {
                nextHops: [
                  { ifindex: 2, flags: [] },
                  { ifindex: 5, flags: [] },
                ],
              }),
            ],
          },
        },
      ],
      [
        'no MASQUERADE in iptables while native tables exist',
        { rules: NO_MASQUERADE, snapshot: { gaps: [native] } },
      ],
      ['all rules gone while native tables exist', { rules: '', snapshot: { gaps: [native] } }],
      [
        'a routed network without MASQUERADE',
        {
          rules: NO_MASQUERADE,
          snapshot: {
            networks: [
              network('bridge', 'docker0', '172.17.0.0/16', {
                options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' },
              }),
            ],
          },
        },
      ],
      [
        'a line of rules that was not understood',
        { rules: `${withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -j DROP')}what is this?\n` },
      ],
    ]),
  )('%s', (_, { changes, to }) => {
    const { verdict, causes, hops } = ask(changes, { to });
    expect({ verdict, causes }).toEqual({ verdict: 'undecided', causes: [] });
    expect(hops.filter((hop) => hop.verdict === 'drop')).toEqual([]);
    const doubts = hops.filter((hop) => hop.verdict === 'unknown' && !hop.detail.startsWith('leaves by'));
    expect(doubts.length).toBeGreaterThan(0);
  });

  test('a drop that no unknown condition can prevent is still a drop', () => {
    const rules = inUser('-j DROP', '-m set --match-set banned src -j DROP');
    expect(ask({ rules }).causes.map(({ id }) => id)).toEqual(['docker-user-block']);
  });

  test('unknown conditions are named', () => {
    const { hops } = ask({ rules: inUser('-m set --match-set banned src -j DROP') });
    expect(hops.flatMap((hop) => hop.unknown ?? [])).toContain(
      '-A DOCKER-USER -m set --match-set banned src -j DROP',
    );
  });
});

describe('the host as sender', () => {
  test('is undecided where its own route and link are healthy', () => {
    expect(ask({}, { from: 'host' })).toMatchObject({
      verdict: 'undecided',
      causes: [],
    });
  });

  test('has no upstream without a route', () => {
    const { causes } = ask({ host: { routes: HOST_ROUTES.slice(1) } }, { from: 'host' });
    expect(causes.map(({ id }) => id)).toEqual(['host-no-upstream']);
  });
});
