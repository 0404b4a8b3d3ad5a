/** Causes at the far end and on the way to it: ports, translations, sources, policy rules, IPv6; and what looks like them. */
import { describe, expect, test } from 'vitest';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { PolicyRule } from '../../../src/model/policy-rule.ts';
import type { Sysctls } from '../../../src/model/sysctls.ts';
import { DEFAULT_RULES } from '../../../src/path/route/default-rules.ts';
import { type Case, expectNot, expectOnly } from './expect-cause.ts';
import {
  address,
  ask,
  CONTAINER,
  DOCKER_RULES,
  DOCKER0,
  ETH0,
  HOST_ROUTES,
  HOST_SYSCTLS,
  hostAddresses,
  hostLinks,
  network,
  route,
  rulesets,
  rulesets6,
  socket,
  UP0,
  WEB_ROUTES,
  WEB_SYSCTLS,
  webLinks,
  withoutLines,
  withRule,
  withTable,
} from './world.ts';

const OUTSIDE = '198.51.100.7';
const PUBLISHED = '10.0.0.2:8080';
const loopback = { address: '127.0.0.1' } as const;
const published = (hostAddress: string, containerPort = 80): Partial<Namespace> => ({
  containers: [{ ...CONTAINER, ports: [{ protocol: 'tcp', containerPort, hostAddress, hostPort: 8080 }] }],
});
const NO_DNAT = withoutLines(DOCKER_RULES, /--dport 8080 -j DNAT/);
const leadTo = (end: string) =>
  DOCKER_RULES.replace('--to-destination 172.17.0.2:80', `--to-destination ${end}`);
const rule = (priority: number, more: Partial<PolicyRule>): PolicyRule => ({
  family: 'ipv4',
  priority,
  action: 'lookup',
  not: false,
  ...more,
});
const rules = (...more: readonly PolicyRule[]) =>
  [...DEFAULT_RULES.ipv4, ...DEFAULT_RULES.ipv6, ...more].toSorted(
    (one, other) => one.priority - other.priority,
  );
const strict = { ...HOST_SYSCTLS, 'ipv4/conf/up0/rp_filter': '1' };
const NEIGHBOURS_APART = withoutLines(DOCKER_RULES, /-i docker0 -o docker0 -j ACCEPT/);
const V6 = {
  web: {
    links: webLinks({ ...ETH0, addresses: [...ETH0.addresses, 'fd00:d::2/64'] }),
    addresses: [address(2, '172.17.0.2/16'), address(2, 'fd00:d::2/64')],
    routes: [
      ...WEB_ROUTES,
      route('fd00:d::/64', 2),
      route('default', 2, { family: 'ipv6', gateway: 'fd00:d::1' }),
    ],
  },
  host: {
    links: hostLinks(
      { ...DOCKER0, addresses: [...DOCKER0.addresses, 'fd00:d::1/64'] },
      { ...UP0, addresses: [...UP0.addresses, '2001:db8::2/64'] },
    ),
    addresses: hostAddresses(address(3, 'fd00:d::1/64'), address(2, '2001:db8::2/64')),
    routes: [
      ...HOST_ROUTES,
      route('fd00:d::/64', 3),
      route('2001:db8::/64', 2),
      route('default', 2, { family: 'ipv6', gateway: '2001:db8::1' }),
    ],
    sysctls: { ...HOST_SYSCTLS, 'ipv6/conf/all/forwarding': '1' },
  },
} as const;

/** What docker0 sends is marked and goes to the internet by up0, which table main has behind br-back. */
const ASYMMETRIC = (sysctls: Sysctls) =>
  ({
    rules: withTable(
      DOCKER_RULES,
      'mangle',
      'PREROUTING',
      '-A PREROUTING -i docker0 -j MARK --set-xmark 0x7/0xffffffff',
    ),
    host: {
      sysctls,
      routes: [
        ...HOST_ROUTES.slice(1),
        route('default', 5, { gateway: '172.18.0.9' }),
        route('default', 2, { gateway: '10.0.0.1', table: '70' }),
      ],
      policyRules: rules(rule(50, { fwmark: 7, fwmask: 0xffffffff, table: '70' })),
    },
  }) as const;

const FOUND: readonly (readonly [string, string, Case])[] = [
  [
    'svc-not-listening',
    'nothing on the port',
    { changes: { web2: { sockets: [] } }, to: 'web2:80', subject: '80' },
  ],
  [
    'listen-backlog-full',
    'one more connection waits than the backlog has room for',
    {
      changes: { web2: { sockets: [socket(80, { receiveQueue: 10, backlog: 9 })] } },
      to: 'web2:80',
      subject: 'httpd (pid 77)',
    },
  ],
  ['svc-not-listening', 'UDP where only TCP listens', { changes: {}, to: 'web2:80', proto: 'udp' }],
  [
    'svc-listens-loopback',
    'bound to 127.0.0.1',
    { changes: { web2: { sockets: [socket(80, loopback)] } }, to: 'web2:80' },
  ],
  [
    'svc-listens-loopback',
    'published, and bound to 127.0.0.1 inside',
    { changes: { web: { sockets: [socket(80, loopback)] } }, from: OUTSIDE, to: PUBLISHED },
  ],
  [
    'publish-wrong-port',
    'the program listens on another port',
    { changes: { web: { sockets: [socket(8000)] } }, from: OUTSIDE, to: PUBLISHED, subject: '80' },
  ],
  [
    'svc-not-listening',
    'published, and the program is not up',
    { changes: { web: { sockets: [] } }, from: OUTSIDE, to: PUBLISHED },
  ],
  [
    'dnat-missing',
    'the rule of a published port is gone',
    { changes: { rules: NO_DNAT, web: published('0.0.0.0') }, from: OUTSIDE, to: PUBLISHED },
  ],
  [
    'publish-loopback-only',
    'published at 127.0.0.1',
    { changes: { rules: NO_DNAT, web: published('127.0.0.1') }, from: OUTSIDE, to: PUBLISHED },
  ],
  [
    'publish-host-ip-gone',
    'published at an address of yesterday',
    { changes: { rules: NO_DNAT, web: published('10.0.0.99') }, from: OUTSIDE, to: PUBLISHED },
  ],
  [
    'docker-rules-flushed',
    'all rules gone, a published port',
    {
      changes: { rules: '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n', web: published('0.0.0.0') },
      from: OUTSIDE,
      to: PUBLISHED,
    },
  ],
  [
    'dnat-stale',
    'the rule leads to an address that is gone',
    {
      changes: { rules: withRule(leadTo('172.17.0.77:80'), 'filter', '-A DOCKER-USER -o docker0 -j ACCEPT') },
      from: OUTSIDE,
      to: PUBLISHED,
      subject: '172.17.0.77',
    },
  ],
  [
    'ctr-redirect-dead',
    'a redirect to a proxy that is not there',
    {
      changes: {
        web: {
          rulesets: rulesets(
            '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -j REDIRECT --to-ports 15001\nCOMMIT\n',
          ),
        },
      },
      to: 'web2:80',
      subject: '15001',
    },
  ],
  [
    'localhost-misuse',
    'localhost instead of the other container',
    { changes: { web: { sockets: [] } }, to: '127.0.0.1:80' },
  ],
  [
    'destination-unowned',
    'an address that nobody has',
    { changes: {}, to: '172.17.0.99', subject: '172.17.0.99' },
  ],
  [
    'ctr-wrong-gateway',
    'a default route to nobody',
    {
      changes: {
        web: { routes: [route('default', 2, { gateway: '172.17.0.200' }), ...WEB_ROUTES.slice(1)] },
      },
      subject: '172.17.0.200',
    },
  ],
  [
    'ctr-wrong-gateway',
    'a default route by another container, which does not forward',
    {
      changes: { web: { routes: [route('default', 2, { gateway: '172.17.0.3' }), ...WEB_ROUTES.slice(1)] } },
      subject: 'web2/eth0',
    },
  ],
  [
    'docker28-direct-drop',
    'a port that was not published, asked for at the address of the container',
    {
      changes: {
        rules: DOCKER_RULES.replace(
          '[0:0] -A DOCKER-ISOLATION-STAGE-1 -i br-noicc',
          '[0:0] -A DOCKER ! -i docker0 -o docker0 -j DROP\n[0:0] -A DOCKER-ISOLATION-STAGE-1 -i br-noicc',
        ),
        web: { sockets: [socket(81)] },
      },
      from: OUTSIDE,
      to: 'web:81',
    },
  ],
  [
    'rp-filter-strict',
    'a route back to the internet by another link',
    { changes: ASYMMETRIC(strict), subject: 'net.ipv4.conf.up0.rp_filter' },
  ],
  [
    'local-source-martian',
    "the container's address on the host",
    {
      changes: { host: { addresses: hostAddresses(address(1, '172.17.0.2/32')) } },
      subject: '172.17.0.2 on lo',
    },
  ],
  [
    'route-localnet-off',
    'a published port at 127.0.0.1 without docker-proxy',
    {
      changes: {
        rules: DOCKER_RULES.replace('-A OUTPUT ! -d 127.0.0.0/8 -m addrtype', '-A OUTPUT -m addrtype'),
      },
      from: 'host',
      to: '127.0.0.1:8080',
      subject: 'net.ipv4.conf.docker0.route_localnet',
    },
  ],
  [
    'policy-route-hijack',
    "a table that claims the containers' subnet",
    {
      changes: {
        host: {
          policyRules: rules(rule(50, { table: '52' })),
          routes: [...HOST_ROUTES, route('172.17.0.0/16', 2, { gateway: '10.0.0.1', table: '52' })],
        },
      },
      subject: 'policy rule 50, table 52',
    },
  ],
  [
    'route-blackhole',
    'a policy rule that prohibits',
    {
      changes: { host: { policyRules: rules(rule(50, { iif: 'docker0', action: 'prohibit' })) } },
      subject: 'policy rule 50: prohibit',
    },
  ],
  [
    'icc-off',
    'a network whose containers are kept apart',
    {
      changes: {
        rules: withRule(NEIGHBOURS_APART, 'filter', '-A FORWARD -i docker0 -o docker0 -j DROP'),
        snapshot: {
          networks: [
            network('bridge', 'docker0', '172.17.0.0/16', {
              options: { 'com.docker.network.bridge.enable_icc': 'false' },
            }),
          ],
        },
      },
      to: 'web2:80',
    },
  ],
  [
    'br-netfilter-drop',
    'nothing accepts what passes the bridge',
    { changes: { rules: NEIGHBOURS_APART }, to: 'web2:80' },
  ],
  [
    'docker28-direct-drop',
    'the address of the container, asked from outside',
    {
      changes: {
        rules: withTable(
          withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -o docker0 -j ACCEPT'),
          'raw',
          'PREROUTING',
          '-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP',
        ),
      },
      from: OUTSIDE,
      to: 'web:80',
    },
  ],
  [
    'ipv6-forward-off',
    'forwarding of IPv6 off',
    {
      changes: {
        ...V6,
        host: { ...V6.host, sysctls: HOST_SYSCTLS, rulesets: withNat66() },
      },
      to: '2001:db8:f::10',
    },
  ],
  ['ipv6-no-nat66', 'no MASQUERADE for IPv6', { changes: V6, to: '2001:db8:f::10', subject: 'fd00:d::' }],
];

const LOOK_ALIKES: readonly (readonly [string, string, Case])[] = [
  [
    'svc-listens-loopback',
    'loopback and any',
    { changes: { web2: { sockets: [socket(80, loopback), socket(80)] } }, to: 'web2:80' },
  ],
  [
    'listen-backlog-full',
    'a queue with room for one more',
    { changes: { web2: { sockets: [socket(80, { receiveQueue: 9, backlog: 9 })] } }, to: 'web2:80' },
  ],
  [
    'snat-wrong-source',
    'an address that is routed to the host, and an answer that nobody sees',
    {
      changes: {
        rules: withRule(
          DOCKER_RULES,
          'nat',
          '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j SNAT --to-source 198.51.100.7',
        ),
      },
    },
  ],
  [
    'svc-not-listening',
    'any of both families',
    {
      changes: { web2: { sockets: [socket(80, { family: 'ipv6', address: '::', v6only: false })] } },
      to: 'web2:80',
    },
  ],
  [
    'dnat-missing',
    'a service of the host that was never published',
    { changes: {}, from: OUTSIDE, to: '10.0.0.2:22' },
  ],
  [
    'dnat-missing',
    'docker-proxy serves it',
    {
      changes: {
        rules: NO_DNAT,
        web: published('0.0.0.0'),
        host: { sockets: [socket(8080, { owners: [{ pid: 5, name: 'docker-proxy' }] })] },
      },
      from: OUTSIDE,
      to: PUBLISHED,
    },
  ],
  [
    'publish-loopback-only',
    'asked for at that very address',
    { changes: { rules: NO_DNAT, web: published('127.0.0.1') }, from: 'host', to: '127.0.0.1:8080' },
  ],
  [
    'publish-wrong-port',
    'asked for directly',
    { changes: { web2: { sockets: [socket(8000)] } }, to: 'web2:80' },
  ],
  ['localhost-misuse', 'nobody else listens there', { changes: {}, to: '127.0.0.1:81' }],
  [
    'rp-filter-strict',
    'the strict filter and symmetric ways',
    { changes: { host: { sysctls: { ...strict, 'ipv4/conf/docker0/rp_filter': '1' } } } },
  ],
  [
    'rp-filter-strict',
    'the loose filter and another way back',
    { changes: ASYMMETRIC({ ...HOST_SYSCTLS, 'ipv4/conf/up0/rp_filter': '2' }) },
  ],
  [
    'rp-filter-strict',
    'a policy rule for what comes in by the bridge: the kernel looks back as if it did',
    {
      changes: {
        host: {
          ...ASYMMETRIC(strict).host,
          policyRules: rules(rule(50, { iif: 'docker0', table: '70' })),
        },
      },
    },
  ],
  [
    'policy-route-hijack',
    'a table that leads by another link and arrives',
    {
      changes: {
        host: {
          policyRules: rules(rule(50, { iif: 'docker0', table: '52' })),
          routes: [
            route('default', 9, { gateway: '172.30.0.1' }),
            ...HOST_ROUTES.slice(1),
            route('default', 2, { gateway: '10.0.0.1', table: '52' }),
          ],
          links: hostLinks({ ...UP0, ifindex: 9, name: 'up1', addresses: [] }),
        },
      },
    },
  ],
  [
    'route-blackhole',
    'a rule that prohibits another link',
    { changes: { host: { policyRules: rules(rule(50, { iif: 'br-back', action: 'prohibit' })) } } },
  ],
  [
    'icc-off',
    'the option, and frames that no rule of IP meets',
    {
      changes: {
        rules: NEIGHBOURS_APART,
        host: { sysctls: { ...HOST_SYSCTLS, 'bridge/bridge-nf-call-iptables': '0' } },
        snapshot: {
          networks: [
            network('bridge', 'docker0', '172.17.0.0/16', {
              options: { 'com.docker.network.bridge.enable_icc': 'false' },
            }),
          ],
        },
      },
      to: 'web2:80',
    },
  ],
  [
    'br-netfilter-drop',
    'bridge-nf-call-iptables 0',
    {
      changes: {
        rules: NEIGHBOURS_APART,
        host: { sysctls: { ...HOST_SYSCTLS, 'bridge/bridge-nf-call-iptables': '0' } },
      },
      to: 'web2:80',
    },
  ],
  [
    'docker28-direct-drop',
    'the published port of the same container',
    {
      changes: {
        rules: withTable(
          DOCKER_RULES,
          'raw',
          'PREROUTING',
          '-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP',
        ),
      },
      from: OUTSIDE,
      to: PUBLISHED,
    },
  ],
  [
    'docker28-direct-drop',
    'a drop in raw of somebody else’s',
    {
      changes: {
        rules: withTable(DOCKER_RULES, 'raw', 'PREROUTING', '-A PREROUTING -d 172.17.0.2/32 -j DROP'),
      },
      from: OUTSIDE,
      to: 'web:80',
    },
  ],
  [
    'ipv6-no-nat66',
    'MASQUERADE for IPv6',
    { changes: { ...V6, host: { ...V6.host, rulesets: withNat66() } }, to: '2001:db8:f::10' },
  ],
  ['ipv6-forward-off', 'IPv4 over the same host', { changes: {}, to: '203.0.113.1' }],
  [
    'ip-forward-off',
    'IPv6 while only IPv4 is off',
    {
      changes: {
        ...V6,
        host: {
          ...V6.host,
          sysctls: { ...V6.host.sysctls, 'ipv4/ip_forward': '0', 'ipv4/conf/docker0/forwarding': '0' },
          rulesets: withNat66(),
        },
      },
      to: '2001:db8:f::10',
    },
  ],
  [
    'local-source-martian',
    'another address of the same subnet on the host',
    { changes: { host: { addresses: hostAddresses(address(1, '172.17.0.9/32')) } } },
  ],
  [
    'route-localnet-off',
    'the switch is on',
    {
      changes: {
        rules: withRule(
          DOCKER_RULES.replace('-A OUTPUT ! -d 127.0.0.0/8 -m addrtype', '-A OUTPUT -m addrtype'),
          'nat',
          '-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE',
        ),
        host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/docker0/route_localnet': '1' } },
      },
      from: 'host',
      to: '127.0.0.1:8080',
    },
  ],
  [
    'ctr-wrong-gateway',
    'a gateway that is another container',
    {
      changes: {
        web: { routes: [route('default', 2, { gateway: '172.17.0.3' }), ...WEB_ROUTES.slice(1)] },
        web2: { sysctls: { ...WEB_SYSCTLS, 'ipv4/conf/eth0/forwarding': '1' } },
      },
    },
  ],
];

function withNat66() {
  const [nft, legacy] = rulesets(DOCKER_RULES);
  if (!nft || !legacy) throw new Error('no rules');
  const MASQUERADE =
    '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s fd00:d::/64 ! -o docker0 -j MASQUERADE\nCOMMIT\n';
  return [nft, legacy, ...rulesets6(MASQUERADE)];
}

describe('beyond the link layer', () => {
  test.each(FOUND)('%s: %s', (id, _, one) => {
    expectOnly(id, one);
  });

  test.each(LOOK_ALIKES)('not %s: %s', (id, _, one) => {
    expectNot(id, one);
  });

  test('what is lost and no cause explains is shown where it was last seen', () => {
    const changes = { web2: { sysctls: { ...WEB_SYSCTLS, 'ipv4/icmp_echo_ignore_all': '1' } } };
    const cause = expectOnly('unknown', { changes, to: 'web2', subject: 'eth0' });
    expect(cause.evidence[0]?.value).toMatch(/ignores echo requests/);
  });

  test('by design is said where it is by design', () => {
    for (const id of ['icc-off', 'docker28-direct-drop', 'publish-loopback-only']) {
      const [, , one] = FOUND.find(([name]) => name === id) ?? [];
      const [cause] = one ? ask(one.changes, one).causes : [];
      expect(`${cause?.title} ${cause?.more}`, id).toMatch(/by design/);
      expect(cause?.fix, id).toEqual([]);
    }
  });
});
