import { describe, expect, test } from 'vitest';
import type { Link } from '../../../src/model/link.ts';
import { type Case, expectOnly } from './expect-cause.ts';
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
  link,
  network,
  route,
  rulesets,
  rulesets6,
  UP0,
  VETH1,
  WEB_ROUTES,
  webLinks,
  withoutLines,
  withRule,
  withTable,
} from './world.ts';

const lo = link(1, 'lo', { kind: 'loopback' });
const down = (one: Link): Link => ({ ...one, adminUp: false, carrier: false, operState: 'down' });
const noCarrier = (one: Link): Link => ({ ...one, carrier: false, operState: 'lowerlayerdown' });
const FLUSHED = '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';
const NO_MASQUERADE = withoutLines(DOCKER_RULES, /-s 172\.17\.0\.0\/16 ! -o docker0 -j MASQUERADE/);
const masquerade = (text: string) => withRule(NO_MASQUERADE, 'nat', `-A POSTROUTING ${text} -j MASQUERADE`);

/** One fault each, and the id that must be the only cause. */
const FAULTS: readonly (readonly [string, string, Case])[] = [
  [
    'ctr-no-route',
    'the default route is in a table that no policy rule leads to',
    { changes: { web: { routes: [...WEB_ROUTES.slice(1), route('default', 2, { table: '100' })] } } },
  ],
  ['ctr-no-route', 'no default route', { changes: { web: { routes: WEB_ROUTES.slice(1) } } }],
  [
    'link-down',
    'eth0 down, its routes gone with it',
    { changes: { web: { links: webLinks(down(ETH0)), routes: [] } }, subject: 'eth0' },
  ],
  [
    'link-down',
    'eth0 down, routes still listed',
    { changes: { web: { links: webLinks(down(ETH0)) } }, subject: 'eth0' },
  ],
  [
    'link-down',
    'the uplink is down and its route stays',
    { changes: { host: { links: hostLinks(down(UP0)) } }, subject: 'up0' },
  ],
  [
    'loopback-down',
    'lo down and a destination of its own',
    { changes: { web: { links: webLinks(down(lo)) } }, to: '127.0.0.1:80', subject: 'lo' },
  ],
  [
    'bridge-down',
    'docker0 down',
    { changes: { host: { links: hostLinks(down(DOCKER0)) } }, subject: 'docker0' },
  ],
  [
    'bridge-port-down',
    'the host end down',
    {
      changes: { web: { links: webLinks(noCarrier(ETH0)) }, host: { links: hostLinks(down(VETH1)) } },
      subject: 'veth1',
    },
  ],
  [
    'no-carrier',
    'a peer that is no bridge port down',
    {
      changes: {
        // Made by hand, without a bridge: no engine says where the peer should be.
        web: {
          links: webLinks(noCarrier(ETH0)),
          addresses: [address(2, '172.19.0.2/24')],
          routes: [route('172.19.0.0/24', 2)],
          containers: [],
        },
        host: {
          links: hostLinks({ ...down(VETH1), master: null }),
          addresses: hostAddresses(address(4, '172.19.0.1/24')),
          routes: [...HOST_ROUTES, route('172.19.0.0/24', 4)],
        },
      },
      to: '172.19.0.1',
      subject: 'veth1',
    },
  ],
  [
    'no-address',
    'no address, and so no route',
    { changes: { web: { addresses: [], routes: [] } }, subject: 'eth0' },
  ],
  [
    'no-address',
    'a route by device alone and no address',
    { changes: { web: { addresses: [], routes: [route('default', 2)] } }, subject: 'eth0' },
  ],
  ['no-address', 'IPv6 asked of a container without', { changes: {}, to: '[2001:db8::1]:443' }],
  [
    'ip-forward-off',
    'ip_forward 0',
    {
      changes: { host: { sysctls: Object.fromEntries(Object.keys(HOST_SYSCTLS).map((key) => [key, '0'])) } },
      subject: 'net.ipv4.ip_forward',
    },
  ],
  [
    'iface-forwarding-off',
    'off on the bridge',
    {
      changes: { host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/docker0/forwarding': '0' } } },
      subject: 'net.ipv4.conf.docker0.forwarding',
    },
  ],
  [
    'iface-forwarding-off',
    'off on the uplink, where the answer arrives',
    {
      changes: { host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/up0/forwarding': '0' } } },
      subject: 'net.ipv4.conf.up0.forwarding',
    },
  ],
  [
    'route-blackhole',
    'a blackhole on the host',
    {
      changes: {
        host: { routes: [...HOST_ROUTES, route('203.0.113.0/24', 0, { type: 'blackhole', nextHops: [] })] },
      },
    },
  ],
  [
    'route-blackhole',
    'a prohibit in the container',
    {
      changes: {
        web: { routes: [...WEB_ROUTES, route('203.0.113.0/24', 0, { type: 'prohibit', nextHops: [] })] },
      },
    },
  ],
  [
    'host-no-upstream',
    'no default route on the host',
    { changes: { host: { routes: HOST_ROUTES.slice(1) } } },
  ],
  [
    'host-no-upstream',
    'the default route is in a table that no policy rule leads to',
    { changes: { host: { routes: [...HOST_ROUTES.slice(1), route('default', 2, { table: '51820' })] } } },
  ],
  [
    'docker-user-block',
    'a drop in DOCKER-USER',
    {
      changes: {
        rules: withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -i docker0 -d 203.0.113.0/24 -j DROP'),
      },
      subject: /DOCKER-USER -i docker0/,
    },
  ],
  [
    'docker-user-block',
    'a drop by a mark that an earlier rule sets',
    {
      changes: {
        rules: withTable(
          withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -m mark --mark 0x7 -j DROP'),
          'mangle',
          'PREROUTING',
          '-A PREROUTING -j MARK --set-xmark 0x7/0xff',
        ),
      },
    },
  ],
  [
    'docker-user-block',
    'a reject of answers in DOCKER-USER',
    {
      changes: { rules: withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -o docker0 -j REJECT') },
    },
  ],
  [
    'docker-user-block',
    'a drop in a chain of a firewall tool, reached from DOCKER-USER',
    {
      changes: {
        rules: withRule(
          withRule(
            DOCKER_RULES.replace(':DOCKER-USER - [0:0]\n', ':DOCKER-USER - [0:0]\n:ufw-block - [0:0]\n'),
            'filter',
            '-A DOCKER-USER -j ufw-block',
          ),
          'filter',
          '-A ufw-block -s 172.16.0.0/12 -j DROP',
        ),
      },
    },
  ],
  [
    'forward-policy-drop',
    "the bridge's accept rules gone",
    {
      changes: { rules: withoutLines(DOCKER_RULES, /-A FORWARD .*docker0/) },
      subject: '-P FORWARD DROP',
    },
  ],
  [
    'forward-policy-drop',
    'answers are not accepted',
    {
      changes: { rules: withoutLines(DOCKER_RULES, /-o docker0 -m conntrack/) },
    },
  ],
  [
    'raw-drop',
    'a drop in raw',
    {
      changes: {
        rules: withTable(DOCKER_RULES, 'raw', 'PREROUTING', '-A PREROUTING -i docker0 -p tcp -j DROP'),
      },
      to: '203.0.113.1:443',
    },
  ],
  [
    'mangle-drop',
    'a drop in mangle',
    {
      changes: {
        rules: withTable(
          DOCKER_RULES,
          'mangle',
          'POSTROUTING',
          '-A POSTROUTING -o up0 -s 172.17.0.0/16 -j DROP',
        ),
      },
    },
  ],
  [
    'mangle-drop',
    'a drop in mangle while it is forwarded',
    { changes: { rules: withTable(DOCKER_RULES, 'mangle', 'FORWARD', '-A FORWARD -i docker0 -j DROP') } },
  ],
  [
    'docker-user-block',
    "a user's drop in front of an internal network",
    {
      changes: {
        rules: withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -i docker0 -j DROP'),
        snapshot: { networks: [network('bridge', 'docker0', '172.17.0.0/16', { internal: true })] },
      },
    },
  ],
  [
    'legacy-nft-split',
    'policy DROP in legacy',
    { changes: { legacy: '*filter\n:FORWARD DROP [3:180]\nCOMMIT\n' } },
  ],
  ['networks-isolated', 'another Docker network', { changes: {}, to: '172.18.0.2:5432' }],
  [
    'networks-isolated',
    'another Docker network, and the engine does not answer',
    { changes: { snapshot: { engine: null, networks: [] } }, to: '172.18.0.2:5432' },
  ],
  [
    'network-internal',
    'an internal network, without a default route',
    {
      changes: {
        web: { routes: WEB_ROUTES.slice(1) },
        snapshot: { networks: [network('bridge', 'docker0', '172.17.0.0/16', { internal: true })] },
      },
      subject: 'bridge',
    },
  ],
  [
    'network-internal',
    'an internal network whose container was given a default route',
    {
      changes: {
        rules: withRule(
          NO_MASQUERADE,
          'filter',
          '-A DOCKER-ISOLATION-STAGE-1 ! -d 172.17.0.0/16 -i docker0 -j DROP',
        ),
        snapshot: { networks: [network('bridge', 'docker0', '172.17.0.0/16', { internal: true })] },
      },
    },
  ],
  [
    'network-mode-shape',
    'network mode none',
    {
      changes: {
        web: {
          links: [lo],
          routes: [],
          addresses: [],
          containers: [{ ...CONTAINER, networkMode: 'none', endpoints: [] }],
        },
      },
    },
  ],
  [
    'masq-missing',
    'the rule for the subnet deleted',
    { changes: { rules: NO_MASQUERADE }, subject: '172.17.0.0/16' },
  ],
  [
    'masq-missing',
    'only a rule for a VPN link is left',
    {
      changes: {
        rules: masquerade('-o tun0'),
        host: { links: hostLinks(link(9, 'tun0')) },
      },
    },
  ],
  [
    'masq-missing',
    'a rule of IPv6 is none for IPv4',
    {
      changes: {
        host: {
          rulesets: [
            ...rulesets(NO_MASQUERADE).slice(0, 2),
            ...rulesets6(
              '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s fd00:d::/64 ! -o docker0 -j MASQUERADE\nCOMMIT\n',
            ),
          ],
        },
      },
    },
  ],
  [
    'masq-mismatch',
    'the rule names a link that is gone',
    { changes: { rules: masquerade('-o eth1') }, subject: /-o eth1/ },
  ],
  [
    'masq-mismatch',
    'the rule for the subnet names another link',
    {
      changes: { rules: masquerade('-s 172.17.0.0/16 -o br-back') },
      subject: /-o br-back/,
    },
  ],
  [
    'masq-mismatch',
    'the rule for the bridge names an old subnet',
    {
      changes: { rules: masquerade('-s 172.30.0.0/16 ! -o docker0') },
      subject: /172\.30/,
    },
  ],
  ['docker-rules-flushed', 'everything flushed', { changes: { rules: FLUSHED } }],
  [
    'docker-rules-flushed',
    'everything flushed but the policy',
    { changes: { rules: FLUSHED.replace('FORWARD ACCEPT', 'FORWARD DROP') } },
  ],
  [
    'ctr-output-block',
    "the container's own OUTPUT drops",
    { changes: { web: { rulesets: rulesets('*filter\n:OUTPUT DROP [0:0]\nCOMMIT\n') } } },
  ],
];

describe('each fault alone names exactly its cause', () => {
  test.each(FAULTS)('%s: %s', (id, _, one) => {
    expectOnly(id, one);
    const { hops, reply } = ask(one.changes, one);
    // Only a missing translation stops nothing on this host.
    if (!id.startsWith('masq') && id !== 'docker-rules-flushed')
      expect([...hops, ...reply].at(-1)?.verdict).toBe('drop');
  });

  test('two faults are both named, first the one met first', () => {
    const { causes } = ask({
      rules: NO_MASQUERADE,
      host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/docker0/forwarding': '0' } },
    });
    expect(causes.map(({ id }) => id)).toEqual(['iface-forwarding-off', 'masq-missing']);
  });

  test('what the request meets stands before what its answer would meet, whatever the order of the checks', () => {
    const { causes } = ask({
      rules: withTable(DOCKER_RULES, 'raw', 'PREROUTING', '-A PREROUTING -i up0 -j DROP'),
      host: { sysctls: { ...HOST_SYSCTLS, 'ipv4/conf/docker0/forwarding': '0' } },
    });
    expect(causes.map(({ id }) => id)).toEqual(['iface-forwarding-off', 'raw-drop']);
  });

  test('a missing route is shown by the routes that are there', () => {
    const [cause] = ask({ web: { routes: WEB_ROUTES.slice(1) } }).causes;
    expect(cause?.evidence).toEqual([
      { source: 'nsenter -t 77 -n ip route show', value: 'none for 203.0.113.1, only 172.17.0.0/16' },
    ]);
    expect(cause?.fix).toEqual(['nsenter -t 77 -n ip route add default via 172.17.0.1']);
  });

  test('by design is said where it is by design', () => {
    const [cause] = ask({}, { to: '172.18.0.2' }).causes;
    expect(`${cause?.title} ${cause?.more}`).toMatch(/by design/);
    expect(cause?.fix).toEqual([]);
  });
});
