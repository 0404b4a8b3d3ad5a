import { describe, expect, test } from 'vitest';
import type { Namespace } from '../../../../src/model/namespace.ts';
import { parseSnapshot } from '../../../../src/view/json/parse-snapshot.ts';
import { snapshotJson } from '../../../../src/view/json/snapshot.ts';
import { link, namespace, snapshot } from '../../../helpers/made-up.ts';
import { findSchemaBreaches } from '../../../helpers/snapshot-schema.ts';

const stats = { bytes: 1, packets: 2, drops: 3, overlimits: 4, requeues: 5, backlogBytes: 6, queueLength: 7 };
const settings = {
  path: '/etc/resolv.conf',
  nameservers: ['192.0.2.1'],
  search: [],
  options: [],
  embedded: false,
};
const whole = namespace({
  resolver: {
    ...settings,
    source: 'host',
    others: [
      {
        ...settings,
        source: 'process',
        container: 'web',
        embedded: true,
        upstreams: [],
        upstreamsFrom: 'host',
      },
    ],
  },
  links: [
    link({
      kind: 'vxlan',
      details: { kind: 'vxlan', vni: 42, remote: '192.0.2.9', lowerIfindex: 3, port: 4789, learning: true },
      parent: { namespace: '1', ifindex: 3, name: 'eth0' },
      port: {
        kind: 'bridge',
        state: 'forwarding',
        isolated: false,
        vlans: [{ first: 1, last: 9, pvid: true, untagged: true }],
      },
      xdp: { mode: 'generic', programIds: [7], programs: [{ id: 7, name: 'look', tag: '02' }] },
      alias: 'uplink',
      noArp: true,
      promiscuity: 1,
      group: 3,
      txQueueLength: 1000,
    }),
    link({ ifindex: 3, kind: 'macvlan', parentUnknown: 'parent ifindex 2 in nsid 4, not visible' }),
  ],
  routes: [
    {
      family: 'ipv6',
      destination: 'fd00::/8',
      type: 'unicast',
      table: 'main',
      protocol: 'static',
      scope: 'global',
      metric: 5,
      tos: 16,
      from: 'fc00::/16',
      preference: 'low',
      mtu: 1400,
      encapsulation: 1,
      nextHopId: 7,
      nextHops: [{ gateway: 'fe80::1', ifindex: 2, weight: 1, encapsulation: 1, flags: ['onlink'] }],
    },
  ],
  policyRules: [
    {
      family: 'ipv4',
      priority: 5,
      action: 'goto',
      goto: 9,
      gotoUnresolved: true,
      not: true,
      from: '10.0.0.0/8',
      fwmark: 1,
      fwmask: 255,
      iif: 'eth0',
      iifDetached: true,
      sourcePorts: { first: 1, last: 2 },
      uids: { first: 0, last: 0 },
      unknown: [77],
    },
  ],
  fdb: [
    { mac: '02:00:00:00:00:01', ifindex: 2, masterIfindex: 3, vlan: 1, state: 'static', flags: ['sticky'] },
    {
      mac: '00:00:00:00:00:00',
      ifindex: 2,
      destination: '192.0.2.9',
      port: 1,
      vni: 2,
      viaIfindex: 3,
      state: 'permanent',
      flags: [],
    },
  ],
  trafficControl: {
    qdiscs: [{ ifindex: 2, kind: 'tbf', handle: '1:', parent: 'root', stats }],
    filters: [
      {
        ifindex: 2,
        attachedTo: 'egress',
        parent: 'ffff:',
        kind: 'bpf',
        priority: 1,
        protocol: 'all',
        chain: 0,
        handle: '0x1',
        classId: '1:1',
        bpf: { name: 'a.o:[main]', id: 7, tag: '01', programName: 'main', directAction: true },
        matches: ['0a000001/ffffffff at 16'],
        actions: [{ kind: 'mirred', outcome: 'stolen', towards: { how: 'egress redirect', ifindex: 3 } }],
      },
    ],
    tcx: [
      { ifindex: 2, attachedTo: 'ingress', id: 8, name: 'first', tag: '03' },
      { ifindex: 3, attachedTo: 'egress', id: 9 },
    ],
  },
});

/** Written to a file, and read from it. */
const back = (given: Namespace): Namespace | undefined =>
  parseSnapshot(
    JSON.parse(JSON.stringify(snapshotJson('1.0.0', snapshot({ namespaces: [given] })))),
    'a.json',
  ).namespaces[0];

describe('a snapshot file', () => {
  test('keeps link details, policy rules, FDB entries and traffic control whole', () => {
    expect(back(whole)).toEqual(whole);
  });

  test('keeps to the published schema, which knows these tables', () => {
    const document = (given: object) =>
      JSON.parse(JSON.stringify(snapshotJson('1.0.0', snapshot({ namespaces: [{ ...whole, ...given }] }))));
    expect(findSchemaBreaches(document({}))).toEqual([]);
    for (const table of ['policyRules', 'fdb', 'trafficControl', 'resolver'])
      expect(findSchemaBreaches(document({ [table]: 'nonsense' }))).not.toEqual([]);
    for (const tcx of [[{ ifindex: 2, attachedTo: 'parent', id: 8 }], [{ ifindex: 2, attachedTo: 'egress' }]])
      expect(findSchemaBreaches(document({ trafficControl: { qdiscs: [], filters: [], tcx } }))).not.toEqual(
        [],
      );
  });

  test('of an older version, which knows one resolver alone, is read', () => {
    expect(back(namespace({ resolver: { ...settings, source: 'host' } }))?.resolver).toEqual({
      ...settings,
      source: 'host',
    });
  });

  test('tells a table that was not read from an empty one', () => {
    const empty = namespace({ policyRules: [], fdb: [], trafficControl: { qdiscs: [], filters: [] } });
    expect(back(empty)).toEqual(empty);
    for (const table of ['policyRules', 'fdb', 'trafficControl'])
      expect(back(namespace())).not.toHaveProperty(table);
  });
});
