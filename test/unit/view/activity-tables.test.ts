import { describe, expect, it } from 'vitest';
import type { ConntrackEntry } from '../../../src/model/conntrack.ts';
import type { Chain, Ruleset } from '../../../src/model/firewall.ts';
import type { MetRule } from '../../../src/model/met-rule.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Resolver } from '../../../src/model/resolver.ts';
import { findNamespace } from '../../../src/model/snapshot.ts';
import type { Socket } from '../../../src/model/socket.ts';
import { conntrackTable } from '../../../src/view/conntrack-table.ts';
import { dnsTable } from '../../../src/view/dns-table.ts';
import { firewallTable } from '../../../src/view/firewall-table.ts';
import { socketsTable } from '../../../src/view/sockets-table.ts';
import { sysctlsTable } from '../../../src/view/sysctls-table.ts';
import { formatTable, type TableView } from '../../../src/view/table.ts';
import { makeSnapshot, WEB_ID } from '../components/fixture-snapshot.ts';

const SNAPSHOT = makeSnapshot();
type Make = (snapshot: typeof SNAPSHOT, namespace: Namespace) => TableView;

function linesOf(make: Make, facts: Partial<Namespace>): readonly string[] {
  const web = findNamespace(SNAPSHOT, WEB_ID);
  if (web === undefined) throw new Error('the fixture has no web');
  return formatTable(make(SNAPSHOT, { ...web, ...facts }));
}

describe('the table of sockets', () => {
  const socket: Socket = {
    protocol: 'tcp',
    family: 'ipv4',
    address: '0.0.0.0',
    port: 80,
    state: 'LISTEN',
    receiveQueue: 2,
    backlog: 128,
    uid: 33,
    inode: 7,
    owners: [{ pid: 12, name: 'httpd', container: 'web' }],
  };

  it('says where somebody listens, who, and how long the queue is', () => {
    expect(linesOf(socketsTable, { sockets: [socket] })[1]).toMatch(
      /^tcp +0\.0\.0\.0:80 +listen +2\/128 +httpd \(12\) +web +33$/,
    );
  });

  it('tells an unknown process from none', () => {
    const { owners: _owners, ...unknown } = socket;
    const lines = linesOf(socketsTable, { sockets: [unknown, { ...socket, port: 81, owners: [] }] });
    expect(lines[1]).toMatch(/ \? /);
    expect(lines[2]).toContain('no process');
  });

  it('says what a socket of IPv6 takes, and the link it is bound to', () => {
    const six: Socket = { ...socket, family: 'ipv6', address: '::', v6only: true, ifindex: 2 };
    expect(linesOf(socketsTable, { sockets: [six] })[1]).toMatch(/\[::\]:80 \(v6 only\).* eth0 /);
  });

  it('marks a listener that turns connections away', () => {
    const tones = (receiveQueue: number) =>
      socketsTable(SNAPSHOT, {
        ...SNAPSHOT.namespaces[0],
        sockets: [{ ...socket, receiveQueue }],
      } as Namespace).rows[0]?.tone;
    expect([tones(128), tones(129)]).toEqual(['normal', 'bad']);
  });
});

describe('the table of tracked connections', () => {
  const entry: ConntrackEntry = {
    id: 1,
    family: 'ipv4',
    protocol: 'tcp',
    state: 'SYN_SENT',
    status: ['CONFIRMED', 'DST_NAT', 'SRC_NAT'],
    timeoutS: 119,
    original: { source: '192.0.2.9', destination: '192.0.2.1', sourcePort: 40000, destinationPort: 8080 },
    reply: { source: '172.17.0.2', destination: '172.17.0.1', sourcePort: 80, destinationPort: 40000 },
    zone: 0,
    mark: 0,
  };
  const row = (given: Partial<ConntrackEntry>) =>
    linesOf(conntrackTable, { conntrack: { entries: [{ ...entry, ...given }], total: 1 } })[1];

  it('says what NAT put in place of both ends, and that nobody answered', () => {
    expect(row({})).toMatch(
      /^tcp +192\.0\.2\.9:40000 +192\.0\.2\.1:8080 +to 172\.17\.0\.2:80 as 172\.17\.0\.1:40000 +syn sent +no +119 s$/,
    );
  });

  it('says nothing of rewriting where the answer mirrors the question', () => {
    const { source, destination, sourcePort = 0, destinationPort = 0 } = entry.original;
    const reply = {
      source: destination,
      destination: source,
      sourcePort: destinationPort,
      destinationPort: sourcePort,
    };
    const mirrored = row({ reply, status: ['SEEN_REPLY', 'ASSURED'] });
    expect(mirrored).not.toMatch(/ to | as /);
    expect(mirrored).toContain('yes, assured');
  });

  it('shows ICMP, counters, marks and zones where there are any', () => {
    const icmp = { source: '192.0.2.9', destination: '192.0.2.1', icmp: { type: 8, code: 0, id: 77 } };
    const counters = { original: { packets: 1, bytes: 84 }, reply: { packets: 0, bytes: 0 } };
    expect(row({ original: icmp, counters, mark: 255, zone: 3 })).toMatch(
      /type 8 id 77.* 84 B +0 B +0xff +3$/,
    );
  });
});

describe('the table of the resolver', () => {
  const resolver: Resolver = {
    path: '/etc/resolv.conf',
    source: 'process',
    nameservers: ['127.0.0.11'],
    search: [],
    options: ['ndots:0'],
    embedded: true,
    upstreams: [{ address: '127.0.0.53', fromHost: true }],
  };
  const textOf = (given: Partial<Resolver>) =>
    linesOf(dnsTable, { resolver: { ...resolver, ...given } }).join('\n');

  it('names the servers, and whom Docker’s own one asks', () => {
    expect(textOf({})).toMatch(
      /nameserver +127\.0\.0\.11 +Docker’s own\nupstream +127\.0\.0\.53 +asked from the host/,
    );
  });

  it('says where the upstreams are not told', () => {
    const { upstreams: _upstreams, ...untold } = resolver;
    expect(linesOf(dnsTable, { resolver: untold }).join('\n')).toMatch(/upstream +\?/);
  });

  it('says of a conclusion what it follows from, and that it is one', () => {
    expect(textOf({ upstreamsFrom: 'host' })).toMatch(
      /upstream +127\.0\.0\.53 +asked from the host; concluded from the host’s resolv\.conf/,
    );
    expect(textOf({ upstreamsFrom: 'container' })).not.toContain('concluded');
  });

  it('tells each container that shares the namespace apart, and those that are told the same once', () => {
    const others = ['db', 'log'].map((name) => ({
      ...resolver,
      container: name,
      nameservers: ['192.0.2.9'],
      embedded: false,
      upstreams: [],
    }));
    const text = textOf({ container: 'web', others });
    expect(text).toMatch(/^web +nameserver +127\.0\.0\.11/m);
    expect(text).toMatch(/^db, log +nameserver +192\.0\.2\.9/m);
    expect(text.match(/nameserver/g)).toHaveLength(2);
    expect(textOf({ container: 'web', others: [] })).not.toMatch(/^web/m);
  });

  it('says whose file it is, and what an empty one means', () => {
    expect(textOf({ source: 'host', nameservers: [], embedded: false })).toMatch(
      /file .* the host’s.*\nnameserver +127\.0\.0\.1 +none is named/,
    );
  });
});

describe('the table of sysctls', () => {
  const sysctls = {
    'ipv4/ip_forward': '1',
    'ipv4/conf/all/rp_filter': '2',
    'ipv4/conf/default/rp_filter': '0',
    'ipv4/conf/eth0/rp_filter': '1',
  };

  it('shows what each comes to, and how', () => {
    expect(linesOf(sysctlsTable, { sysctls })).toContainEqual(
      expect.stringMatching(/^net\/ipv4\/conf\/eth0\/rp_filter +1 +2 +IN_DEV_MAXCONF$/),
    );
  });

  it('leaves out the defaults where they are not wanted', () => {
    const without: Make = (snapshot, namespace) => sysctlsTable(snapshot, namespace, { defaults: false });
    expect(linesOf(without, { sysctls }).join()).not.toContain('default');
    expect(linesOf(sysctlsTable, { sysctls }).join()).toContain('conf/default/rp_filter');
  });
});

describe('the table of the firewall', () => {
  const chain = (name: string, policy?: string, target?: string): Chain => ({
    name,
    ...(policy === undefined ? {} : { policy }),
    counters: { packets: 3, bytes: 180 },
    rules: target
      ? [
          {
            number: 1,
            matches: [],
            target,
            jump: 'jump',
            targetOptions: [],
            counters: { packets: 12_345, bytes: 2_000 },
            text: `-A ${name} -j ${target}`,
          },
        ]
      : [],
  });
  const ruleset: Ruleset = {
    family: 'ipv4',
    flavour: 'nft',
    tables: [
      { name: 'filter', chains: [chain('USER'), chain('FORWARD', 'DROP', 'USER'), chain('INPUT', 'ACCEPT')] },
      {
        name: 'nat',
        chains: [chain('POSTROUTING', 'ACCEPT'), chain('INPUT', 'ACCEPT'), chain('PREROUTING', 'ACCEPT')],
      },
      { name: 'raw', chains: [chain('PREROUTING', 'ACCEPT')] },
    ],
    unparsed: [],
  };

  it('goes hook by hook as a packet does, and ends with the chains that rules jump to', () => {
    const places = linesOf(firewallTable, { rulesets: [ruleset], nftables: [] }).flatMap(
      (line) => /^IPv4 (.*?) · iptables-nft/.exec(line)?.[1] ?? [],
    );
    expect(places).toEqual([
      'prerouting -300 · raw PREROUTING',
      'prerouting -100 · nat PREROUTING',
      'input 0 · filter INPUT',
      'input 100 · nat INPUT',
      'forward 0 · filter FORWARD',
      'postrouting 100 · nat POSTROUTING',
      '· filter USER',
    ]);
  });

  it('counts rules and policies', () => {
    const text = linesOf(firewallTable, { rulesets: [ruleset] }).join('\n');
    expect(text).toMatch(/filter FORWARD .*\n1 +12k +2\.0 kB +-j USER\n +3 +180 B +policy DROP/);
  });

  it('marks the rules that a chosen flow meets, in a column that is there for it alone', () => {
    const met: MetRule = {
      namespace: 'other',
      world: 'iptables-nft',
      family: 'ip',
      table: 'filter',
      chain: 'FORWARD',
      number: 1,
      matched: 'yes',
    };
    const marked = (...rules: readonly MetRule[]) =>
      linesOf(
        (snapshot, namespace) =>
          firewallTable(
            snapshot,
            namespace,
            undefined,
            rules.map((rule) => ({ ...rule, namespace: namespace.id })),
          ),
        { rulesets: [ruleset] },
      ).find((line) => line.includes('-j USER'));
    expect(marked()).toMatch(/^1 +12k/);
    expect(marked(met)).toMatch(/^● +1 +12k/);
    expect(marked({ ...met, matched: 'unknown' })).toMatch(/^\? +1 +12k/);
    expect(marked({ ...met, family: 'ip6' })).toMatch(/^1 +12k/);
    const elsewhere: Make = (snapshot, namespace) => firewallTable(snapshot, namespace, undefined, [met]);
    expect(linesOf(elsewhere, { rulesets: [ruleset] }).join('\n')).not.toContain('●');
  });

  it('tells no rules from rules that were not read', () => {
    expect(linesOf(firewallTable, { rulesets: [{ ...ruleset, tables: [] }], nftables: [] })).toEqual([
      'no rules of iptables or nftables in this namespace',
    ]);
    const old: Make = (snapshot, { nftables: _nftables, ...namespace }) => firewallTable(snapshot, namespace);
    expect(linesOf(old, { rulesets: [ruleset] })[1]).toBe('the tables of nftables itself were not read');
    const unread: Make = (snapshot, { rulesets: _rulesets, ...namespace }) =>
      firewallTable(snapshot, namespace);
    expect(linesOf(unread, {})).toEqual([expect.stringMatching(/^not read/)]);
  });
});

describe('a table that was not read', () => {
  it.each([
    ['sockets', socketsTable],
    ['conntrack', conntrackTable],
    ['resolver', dnsTable],
    ['sysctls', sysctlsTable],
  ] as const)('says why: %s', (probe, make) => {
    const gap = { probe, namespace: WEB_ID, reason: 'no rights', needs: 'run as root' };
    const { sysctls: _sysctls, ...web } = findNamespace(SNAPSHOT, WEB_ID) as Namespace;
    expect(formatTable(make({ ...SNAPSHOT, gaps: [gap] }, web))).toEqual([
      'not read: no rights (run as root)',
    ]);
  });
});
