import { describe, expect, test } from 'vitest';
import type { Link } from '../../../src/model/link.ts';
import type { PolicyRule } from '../../../src/model/policy-rule.ts';
import type { TcFilter } from '../../../src/model/traffic-control.ts';
import { fdbJson, fdbTable } from '../../../src/view/fdb-table.ts';
import { formatLinkFacts, listLinkFacts } from '../../../src/view/link-facts.ts';
import { policyRulesTable } from '../../../src/view/policy-rules-table.ts';
import type { TableView } from '../../../src/view/table.ts';
import { trafficControlTable } from '../../../src/view/tc-table.ts';
import { link, namespace, snapshot } from '../../helpers/made-up.ts';

const host = namespace({ id: 'host', name: 'host', links: [link({ name: 'eth0' })] });
const facts = (given: Partial<Link>) => formatLinkFacts(snapshot({ namespaces: [host] }), link(given));
const cellsOf = (table: TableView) => table.rows.map(({ cells }) => cells.filter(Boolean).join(' | '));

describe('what a link is, in few words', () => {
  test.each<[Partial<Link>, string]>([
    [{ details: { kind: 'vlan', id: 10, protocol: '802.1Q' } }, 'vlan 10'],
    [{ details: { kind: 'vlan', id: 10, protocol: '802.1ad' } }, 'vlan 10 · 802.1ad'],
    [
      { details: { kind: 'vxlan', vni: 42, remote: '192.0.2.9', port: 4789, learning: true } },
      'vni 42 · → 192.0.2.9 port 4789',
    ],
    [{ details: { kind: 'vxlan', external: true, port: 4789 } }, 'external · port 4789'],
    [{ details: { kind: 'ipvlan', mode: 'l3', isolation: 'private' } }, 'l3 · private'],
    [{ details: { kind: 'bridge', stp: true, vlanFiltering: true } }, 'stp · vlan filtering'],
    [
      { details: { kind: 'tun', type: 'tap', ownerUid: 1000, persist: true } },
      'tap · owner 1000 · persistent',
    ],
    [{ details: { kind: 'vrf', table: 1000 } }, 'table 1000'],
    [{ details: { kind: 'bond', mode: '802.3ad' } }, '802.3ad'],
    [{ details: { kind: 'netkit', mode: 'l3', policy: 'blackhole' } }, 'l3 · blackhole'],
    [
      { port: { kind: 'bridge', state: 'blocking', isolated: true, learning: false } },
      'port blocking · isolated · no learning',
    ],
    [
      {
        port: {
          kind: 'bridge',
          state: 'forwarding',
          vlans: [
            { first: 1, last: 1, pvid: true, untagged: true },
            { first: 5, last: 9, pvid: false, untagged: false },
          ],
        },
      },
      'vlans 1 pvid untagged, 5-9',
    ],
    [{ port: { kind: 'bond', state: 'backup', miiStatus: 'down' } }, 'backup · mii down'],
    [{ port: { kind: 'other', of: 'team' } }, 'member of a team'],
    [{ parent: { namespace: 'host', ifindex: 2, name: 'eth0' } }, 'on host/eth0'],
    [
      { parentUnknown: 'parent ifindex 2 in nsid 4, not visible' },
      'on ? parent ifindex 2 in nsid 4, not visible',
    ],
    [{ xdp: { mode: 'generic', programIds: [7] }, alias: 'uplink' }, 'xdp generic id 7 · “uplink”'],
    [
      { xdp: { mode: 'multi', programIds: [7, 8], programs: [{ id: 8, name: 'look' }] } },
      'xdp multi id 7, look id 8',
    ],
  ])('%j is %s', (given, text) => {
    expect(facts(given)).toBe(text);
  });

  test('is nothing for a port as it should be, until all is asked for', () => {
    const port = {
      kind: 'bridge',
      state: 'forwarding',
      isolated: false,
      learning: true,
      flood: true,
    } as const;
    expect(facts({ port })).toBe('');
    expect(listLinkFacts(snapshot(), link({ port, promiscuity: 1 })).filter(Boolean)).toEqual([
      'port forwarding',
      'promiscuity 1',
    ]);
  });
});

describe('the policy rules', () => {
  const ruled = (rule: Partial<PolicyRule>) =>
    cellsOf(
      policyRulesTable(
        snapshot(),
        namespace({
          policyRules: [
            { family: 'ipv4', priority: 5, action: 'lookup', table: 'main', not: false, ...rule },
          ],
        }),
      ),
    )[0];

  test.each<[Partial<PolicyRule>, string]>([
    [{}, '5 | ipv4 | all | lookup main'],
    [
      { not: true, from: '10.0.0.0/8', fwmark: 1, fwmask: 255 },
      '5 | ipv4 | not from 10.0.0.0/8 fwmark 0x1/0xff | lookup main',
    ],
    [{ fwmark: 16, fwmask: 0xffffffff, iif: 'eth0' }, '5 | ipv4 | fwmark 0x10 iif eth0 | lookup main'],
    [
      { ipProtocol: 6, destinationPorts: { first: 80, last: 90 }, sourcePorts: { first: 7, last: 7 } },
      '5 | ipv4 | ipproto 6 sport 7 dport 80-90 | lookup main',
    ],
    [{ action: 'goto', goto: 900 }, '5 | ipv4 | all | goto 900'],
    [{ action: 'goto', goto: 900, gotoUnresolved: true }, '5 | ipv4 | all | goto 900 (no such rule)'],
    [{ oif: 'gone', oifDetached: true }, '5 | ipv4 | oif gone (no such link) | lookup main'],
    [{ action: 'blackhole' }, '5 | ipv4 | all | blackhole'],
    [{ suppressPrefixLength: 0 }, '5 | ipv4 | all | lookup main suppress_prefixlength 0'],
    [{ unknown: [77] }, '5 | ipv4 | unknown condition 77 | lookup main'],
  ])('%j reads %s', (rule, text) => {
    expect(ruled(rule)).toBe(text);
  });

  test('of a VRF name no table of their own', () => {
    const rule: PolicyRule = { family: 'ipv4', priority: 1000, action: 'lookup', not: false, l3mdev: true };
    const table = policyRulesTable(snapshot(), namespace({ policyRules: [rule] }));
    expect(cellsOf(table)).toEqual(['1000 | ipv4 | l3mdev | lookup of the vrf']);
  });

  test('that were not read are not none', () => {
    const gaps = [{ probe: 'policyRules', namespace: 'host', reason: 'refused' }];
    expect(policyRulesTable(snapshot({ gaps }), host).empty).toBe('not read: refused');
    expect(policyRulesTable(snapshot(), namespace({ policyRules: [] })).empty).toContain('no policy rules');
  });
});

describe('the FDB', () => {
  const entry = { mac: '02:42:ac:11:00:02', ifindex: 2, state: 'reachable', flags: ['self'] };
  const bridged = namespace({
    id: 'host',
    name: 'host',
    links: [
      link({ name: 'v0', mac: '02:00:00:00:00:01', peer: { namespace: 'web', ifindex: 2, name: 'eth0' } }),
      link({ ifindex: 9, name: 'br0', kind: 'bridge', mac: '02:00:00:00:00:02' }),
    ],
    fdb: [
      { ...entry, masterIfindex: 9 },
      { ...entry, ifindex: 77, mac: '02:00:00:00:00:ee', destination: '192.0.2.9', port: 4789 },
    ],
  });
  const world = snapshot({ namespaces: [bridged, namespace({ id: 'web', links: [link()] })] });

  test('names port, bridge and owner, and what it does not know', () => {
    expect(cellsOf(fdbTable(world, bridged))).toEqual([
      '02:42:ac:11:00:02 | v0 | br0 | web/eth0 | reachable | self',
      '02:00:00:00:00:ee | if77 | ? on the machine 192.0.2.9 | 192.0.2.9 port 4789 | reachable | self',
    ]);
  });

  test('is told with its owners as JSON', () => {
    expect(fdbJson(world, bridged)?.[0]).toEqual({
      ...entry,
      masterIfindex: 9,
      owner: { namespace: 'web', ifindex: 2, name: 'eth0' },
    });
    expect(fdbJson(world, namespace())).toBeUndefined();
  });
});

describe('traffic control', () => {
  const filter: TcFilter = {
    ifindex: 2,
    attachedTo: 'ingress',
    parent: 'ffff:',
    kind: 'bpf',
    priority: 1,
    protocol: 'all',
    chain: 0,
    handle: '0x1',
    actions: [],
  };
  const stats = {
    bytes: 1,
    packets: 1,
    drops: 1204,
    overlimits: 0,
    requeues: 0,
    backlogBytes: 9,
    queueLength: 2,
  };
  const shaped = namespace({
    links: [
      link({ xdp: { mode: 'driver', programIds: [5], programs: [{ id: 5, name: 'look' }] } }),
      link({ ifindex: 3, name: 'eth1' }),
    ],
    trafficControl: {
      qdiscs: [
        { ifindex: 3, kind: 'noqueue', handle: '0:', parent: 'root' },
        { ifindex: 2, kind: 'tbf', handle: '1:', parent: 'root', stats },
      ],
      filters: [
        { ...filter, bpf: { name: 'a.o:[main]', id: 7, programName: 'main', directAction: true } },
        {
          ...filter,
          kind: 'u32',
          attachedTo: 'parent',
          parent: '1:',
          handle: '800::800',
          classId: '1:10',
          matches: ['0a000001/ffffffff at 16'],
        },
        { ...filter, kind: 'u32', handle: '800:' },
        {
          ...filter,
          kind: 'matchall',
          attachedTo: 'egress',
          actions: [
            { kind: 'mirred', towards: { how: 'egress redirect', ifindex: 3 } },
            { kind: 'gact', outcome: 'drop' },
          ],
        },
      ],
      tcx: [
        { ifindex: 2, attachedTo: 'ingress', id: 9, name: 'first', tag: '01' },
        { ifindex: 2, attachedTo: 'ingress', id: 4 },
      ],
    },
  });

  test('shows each link’s qdiscs with their losses, then what its programs and filters do', () => {
    const table = trafficControlTable(snapshot(), shaped);
    expect(cellsOf(table)).toEqual([
      'eth1 | qdisc | noqueue | root | 0:',
      'eth0 | qdisc | tbf | root | 1: | 1,204 | 2 packets',
      'eth0 | program | xdp | driver | look id 5',
      'eth0 | program | tcx | ingress | first id 9',
      'eth0 | program | tcx | ingress | id 4',
      'eth0 | filter | bpf | ingress | 1 all 0x1 | a.o:[main] id 7 name main direct-action',
      'eth0 | filter | u32 | 1: | 1 all 800::800 | 0a000001/ffffffff at 16 → 1:10',
      'eth0 | filter | u32 | ingress | 1 all 800: | hash table',
      'eth0 | filter | matchall | egress | 1 all 0x1 | mirred egress redirect to eth1 gact drop',
    ]);
    expect(new Set(table.rows.map(({ key }) => key)).size).toBe(table.rows.length);
  });

  test('shows programs of a link without a qdisc, and none of a namespace whose qdiscs were not read', () => {
    const [first] = shaped.links ?? [];
    const bare = namespace({ links: first ? [first] : [] });
    const read = { ...bare, trafficControl: { qdiscs: [], filters: [] } };
    expect(cellsOf(trafficControlTable(snapshot(), read))).toEqual([
      'eth0 | program | xdp | driver | look id 5',
    ]);
    expect(trafficControlTable(snapshot(), bare)).toMatchObject({ rows: [], empty: 'not read yet' });
  });
});
