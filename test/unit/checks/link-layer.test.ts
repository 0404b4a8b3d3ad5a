/** Causes below IP, each in a made-up host, and beside it something that looks like it. */
import { describe, test } from 'vitest';
import type { Neighbour } from '../../../src/model/neighbour.ts';
import { type Case, expectNot, expectOnly } from './expect-cause.ts';
import {
  address,
  BR_BACK,
  DOCKER0,
  ETH0,
  HOST_ROUTES,
  hostAddresses,
  hostLinks,
  link,
  network,
  port,
  route,
  UP0,
  VETH1,
  VETH3,
  WEB_SYSCTLS,
  webLinks,
  whole,
} from './world.ts';

const neighbour = (ifindex: number, address: string, mac: string, state: string): Neighbour => ({
  ifindex,
  family: 'ipv4',
  address,
  mac,
  state,
  flags: [],
});
const ODD = '02:00:00:00:00:99';
const fdb = (mac: string, ifindex: number, state: string, ...flags: string[]) => ({
  mac,
  ifindex,
  masterIfindex: DOCKER0.ifindex,
  state,
  flags,
});
const VLAN_1 = { first: 1, last: 1, pvid: true, untagged: true } as const;
const WEB2_MAC = '02:42:ac:11:00:03';

const FOUND: readonly (readonly [string, string, Case])[] = [
  [
    'arp-suppressed',
    'arp_ignore 8 in the neighbour',
    {
      changes: { web2: { sysctls: { ...WEB_SYSCTLS, 'ipv4/conf/all/arp_ignore': '8' } } },
      to: 'web2',
      subject: 'eth0',
    },
  ],
  [
    'arp-suppressed',
    'ARP off on the sender',
    { changes: { web: { links: webLinks({ ...ETH0, noArp: true }) } }, to: 'web2' },
  ],
  [
    'stale-arp',
    'a wrong MAC in the neighbour table',
    {
      changes: { web: { neighbours: [neighbour(2, '172.17.0.3', ODD, 'PERMANENT')] } },
      to: 'web2',
      subject: '172.17.0.3',
    },
  ],
  [
    'stale-arp',
    'a wrong MAC of the gateway in the container',
    { changes: { web: { neighbours: [neighbour(2, '172.17.0.1', ODD, 'PERMANENT')] } }, to: '172.17.0.1' },
  ],
  [
    'address-on-bridge-port',
    'the uplink in a bridge, its address left on it',
    {
      changes: {
        host: {
          links: hostLinks(
            { ...UP0, kind: 'veth', peer: { namespace: '9', ifindex: 2, name: 'p0' }, ...port(9, 'br9') },
            link(9, 'br9', { kind: 'bridge', details: { kind: 'bridge' } }),
          ),
        },
        more: [
          whole({
            id: '9',
            name: 'up',
            links: [
              link(2, 'p0', {
                kind: 'veth',
                mac: '02:99:00:00:00:01',
                peer: { namespace: '1000', ifindex: 2, name: 'up0' },
              }),
            ],
            addresses: [address(2, '10.0.0.1/24')],
            routes: [route('10.0.0.0/24', 2)],
          }),
        ],
      },
      from: 'host',
      to: '10.0.0.1',
      subject: 'up0',
    },
  ],
  [
    'bridge-port-state',
    'a port that is listening',
    {
      changes: { host: { links: hostLinks({ ...VETH1, ...port(3, 'docker0', { state: 'listening' }) }) } },
      to: 'web2',
    },
  ],
  [
    'bridge-port-isolated',
    'two isolated ports',
    {
      changes: {
        host: {
          links: hostLinks(
            { ...VETH1, ...port(3, 'docker0', { isolated: true }) },
            { ...VETH3, ...port(3, 'docker0', { isolated: true }) },
          ),
        },
      },
      to: 'web2',
    },
  ],
  [
    'bridge-vlan-filter',
    'a port without a PVID',
    {
      changes: {
        host: {
          links: hostLinks(
            { ...DOCKER0, details: { kind: 'bridge', vlanFiltering: true } },
            { ...VETH1, ...port(3, 'docker0', { vlans: [] }) },
            { ...VETH3, ...port(3, 'docker0', { vlans: [VLAN_1] }) },
          ),
        },
      },
      to: 'web2',
      subject: 'veth1',
    },
  ],
  [
    'fdb-wrong',
    'a sticky entry on the wrong port',
    {
      changes: { host: { fdb: [fdb(WEB2_MAC, 4, 'static', 'master', 'sticky')] } },
      from: 'host',
      to: 'web2',
      subject: WEB2_MAC,
    },
  ],
  [
    'fdb-wrong',
    'a locked port',
    {
      changes: { host: { links: hostLinks({ ...VETH1, ...port(3, 'docker0', { locked: true }) }) } },
      to: 'web2',
    },
  ],
  [
    'mtu-link-mismatch',
    'a host end that takes less',
    {
      changes: { host: { links: hostLinks({ ...VETH1, mtu: 1400 }) } },
      to: 'web2',
      verdict: 'degraded',
    },
  ],
  [
    'bridge-port-down',
    'the host end down, asked from the host',
    {
      changes: {
        host: { links: hostLinks({ ...VETH3, adminUp: false, carrier: false }) },
        web2: {
          links: webLinks({
            ...ETH0,
            mac: WEB2_MAC,
            carrier: false,
            peer: { namespace: '1000', ifindex: 7, name: 'veth3' },
          }),
        },
      },
      from: 'host',
      to: '172.17.0.3',
      subject: 'veth3',
    },
  ],
  [
    'bridge-lost-ip',
    'docker0 without its address',
    {
      changes: {
        host: {
          links: hostLinks({ ...DOCKER0, addresses: [] }),
          addresses: hostAddresses().filter(({ ifindex }) => ifindex !== DOCKER0.ifindex),
          routes: HOST_ROUTES.filter(({ destination }) => destination !== '172.17.0.0/16'),
        },
      },
      subject: 'docker0',
    },
  ],
  [
    'veth-not-enslaved',
    'a host end without a master',
    {
      changes: { host: { links: hostLinks({ ...VETH1, master: null }) } },
      subject: 'veth1',
    },
  ],
  [
    'veth-not-enslaved',
    'a host end without a master, and no engine to ask',
    {
      changes: { host: { links: hostLinks({ ...VETH1, master: null }) }, web: { containers: [] } },
      subject: 'veth1',
    },
  ],
  [
    'veth-not-enslaved',
    'a host end without a master, asked by its neighbour',
    {
      changes: { host: { links: hostLinks({ ...VETH1, master: null }) } },
      from: 'web2',
      to: 'web',
      subject: 'veth1',
    },
  ],
  [
    'veth-wrong-bridge',
    'a host end in the bridge of another network',
    {
      changes: { host: { links: hostLinks({ ...VETH1, ...port(BR_BACK.ifindex, 'br-back') }) } },
      subject: 'veth1',
    },
  ],
  [
    'macvlan-host-isolation',
    'a macvlan on the uplink, and the host',
    {
      changes: {
        more: [
          whole({
            id: '8',
            name: 'mac',
            links: [
              link(2, 'mv0', {
                kind: 'macvlan',
                mac: '02:88:00:00:00:01',
                parent: { namespace: '1000', ifindex: 2, name: 'up0' },
                details: { kind: 'macvlan', mode: 'bridge' },
              }),
            ],
            addresses: [address(2, '10.0.0.60/24')],
            routes: [route('10.0.0.0/24', 2)],
          }),
        ],
      },
      from: 'mac',
      to: '10.0.0.2',
    },
  ],
];

const LOOK_ALIKES: readonly (readonly [string, string, Case])[] = [
  [
    'arp-suppressed',
    'arp_ignore 1 where the address is on the link',
    { changes: { web2: { sysctls: { ...WEB_SYSCTLS, 'ipv4/conf/all/arp_ignore': '1' } } }, to: 'web2' },
  ],
  [
    'stale-arp',
    'the right MAC, learned long ago',
    { changes: { web: { neighbours: [neighbour(2, '172.17.0.3', WEB2_MAC, 'STALE')] } }, to: 'web2' },
  ],
  [
    'bridge-port-isolated',
    'one isolated port alone',
    {
      changes: { host: { links: hostLinks({ ...VETH1, ...port(3, 'docker0', { isolated: true }) }) } },
      to: 'web2',
    },
  ],
  [
    'bridge-port-isolated',
    'two isolated ports and the way out',
    {
      changes: {
        host: {
          links: hostLinks(
            { ...VETH1, ...port(3, 'docker0', { isolated: true }) },
            { ...VETH3, ...port(3, 'docker0', { isolated: true }) },
          ),
        },
      },
    },
  ],
  [
    'bridge-port-state',
    'another port that is blocking',
    { changes: { host: { links: hostLinks({ ...VETH3, ...port(3, 'docker0', { state: 'blocking' }) }) } } },
  ],
  [
    'fdb-wrong',
    'an entry on the right port',
    {
      changes: { host: { fdb: [fdb(WEB2_MAC, 7, 'static', 'master', 'sticky')] } },
      from: 'host',
      to: 'web2',
    },
  ],
  ['hairpin-off', 'a neighbour, by its own port', { changes: {}, to: 'web2' }],
  [
    'mtu-link-mismatch',
    'a narrower uplink, which a router tells of',
    { changes: { host: { links: hostLinks({ ...UP0, mtu: 1400 }) } } },
  ],
  [
    'mtu-link-mismatch',
    'both ends alike',
    {
      changes: {
        host: { links: hostLinks({ ...VETH1, mtu: 1450 }) },
        web: { links: webLinks({ ...ETH0, mtu: 1450 }) },
      },
    },
  ],
  [
    'bridge-lost-ip',
    'a bridge that has other addresses beside',
    {
      changes: { host: { links: hostLinks({ ...DOCKER0, addresses: ['172.17.0.1/16', '192.168.5.1/24'] }) } },
    },
  ],
  [
    'veth-not-enslaved',
    'a pair of no engine that is routed and not bridged',
    {
      changes: {
        host: {
          links: hostLinks({ ...VETH1, master: null }),
          routes: [...HOST_ROUTES, route('172.17.0.2/32', VETH1.ifindex)],
        },
        web: { containers: [] },
      },
    },
  ],
  [
    'mtu-blackhole',
    'a narrower uplink, which the host tells of',
    { changes: { host: { links: hostLinks({ ...UP0, mtu: 1400 }) } } },
  ],
  ['subnet-overlap', 'a container of the bridge that is gone', { changes: {}, to: '172.17.0.77' }],
  [
    'veth-wrong-bridge',
    'a bridge of another name that carries the network',
    {
      changes: {
        snapshot: {
          networks: [
            network('bridge', 'docker0', '172.17.0.0/16'),
            network('back', 'br-back', '172.18.0.0/16'),
          ],
        },
      },
      to: 'db',
    },
  ],
  [
    'address-on-bridge-port',
    'an address on a port that the bridge answers for',
    { changes: { host: { addresses: hostAddresses(address(7, '172.17.0.9/16')) } }, to: '172.17.0.9' },
  ],
];

describe('below IP', () => {
  test.each(FOUND)('%s: %s', (id, _, one) => {
    expectOnly(id, one);
  });

  test.each(LOOK_ALIKES)('not %s: %s', (id, _, one) => {
    expectNot(id, one);
  });
});
