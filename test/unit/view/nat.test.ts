import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import type { Family } from '../../../src/model/address.ts';
import type { ConntrackEntry } from '../../../src/model/conntrack.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import { findNamespace } from '../../../src/model/snapshot.ts';
import type { Socket } from '../../../src/model/socket.ts';
import { natSentences } from '../../../src/view/nat/sentences.ts';
import { findSentenceRule, natTable } from '../../../src/view/nat-table.ts';
import { formatTable } from '../../../src/view/table.ts';
import { checkout } from '../../helpers/paths.ts';
import { HOST_ID, makeSnapshot } from '../components/fixture-snapshot.ts';

const SNAPSHOT = makeSnapshot();

function hostWith(more: Partial<Namespace>): Namespace {
  const host = findNamespace(SNAPSHOT, HOST_ID);
  if (host === undefined) throw new Error('the fixture has no host');
  return { ...host, rulesets: [], nftables: [], ...more };
}

/** A host with these rules in its nat table. */
function withRules(lines: readonly string[], family: Family = 'ipv4'): Namespace {
  const chains = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`);
  const own = [...new Set(lines.map((line) => / ?-A (\S+)/.exec(line)?.[1] ?? ''))]
    .filter((name) => !chains.some((chain) => chain.startsWith(`:${name} `)))
    .map((name) => `:${name} - [0:0]`);
  const text = ['*nat', ...chains, ...own, ...lines, 'COMMIT'].join('\n');
  return hostWith({ rulesets: [parseSave(text, { family, flavour: 'nft' })] });
}

function sentencesOf(namespace: Namespace): readonly string[] {
  return natSentences(SNAPSHOT, namespace).map(({ text }) => text);
}

function golden(version: string): Namespace {
  const text = readFileSync(`${checkout}/test/golden/docker-${version}.txt`, 'utf8');
  return hostWith({
    rulesets: (['ipv4', 'ipv6'] as const).map((family) => {
      const tool = family === 'ipv4' ? 'iptables-nft-save' : 'ip6tables-nft-save';
      const dump = text.split(`# ${tool}\n`)[1]?.split(/^# /m)[0] ?? '';
      return parseSave(dump, { family, flavour: 'nft' });
    }),
  });
}

describe('one rule', () => {
  it.each([
    [
      '-A POSTROUTING -s 172.18.0.0/16 ! -o br-back -j MASQUERADE',
      '172.18.0.0/16 leaving by anything but br-back is masqueraded',
    ],
    ['-A POSTROUTING -o eth0 -j MASQUERADE', 'everything leaving by eth0 is masqueraded'],
    [
      '-A PREROUTING -d 203.0.113.5/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.0.9:2525',
      'tcp to 203.0.113.5:25 is sent to 10.0.0.9:2525 (DNAT)',
    ],
    [
      '-A PREROUTING -i docker0 -p tcp -m multiport --dports 80,443 -j REDIRECT --to-ports 3128',
      'tcp to ports 80 or 443 arriving by docker0 is sent to port 3128 of this host (REDIRECT)',
    ],
    [
      '-A OUTPUT -d 198.51.100.7/32 -p udp -m udp --dport 53 -j DNAT --to-destination 172.17.0.2',
      'udp to 198.51.100.7:53 sent by this host is sent to web 172.17.0.2 (DNAT)',
    ],
    [
      '-A POSTROUTING -s 172.17.0.2/32 -o eth+ -j SNAT --to-source 192.0.2.77:1024-2048',
      'web 172.17.0.2 leaving by eth* is sent as 192.0.2.77:1024-2048 (SNAT)',
    ],
    [
      '-A PREROUTING -d 10.6.0.0/24 -j NETMAP --to 10.5.0.0/24',
      'everything to 10.6.0.0/24 is sent to the same host of 10.5.0.0/24 (NETMAP)',
    ],
    [
      '-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE',
      'tcp from web 172.17.0.2 to its own port 80 is masqueraded',
    ],
    ['-A POSTROUTING -m mark --mark 0x7 -j MASQUERADE', 'POSTROUTING: -m mark --mark 0x7 -j MASQUERADE'],
    [
      '-A PREROUTING -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.1',
      'PREROUTING: -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.1',
    ],
    ['-A PREROUTING -j SOMETHINGNEW', 'PREROUTING: -j SOMETHINGNEW'],
  ])('%s', (rule, sentence) => {
    expect(sentencesOf(withRules([rule]))).toEqual([sentence]);
  });

  it('of IPv6 has its addresses in brackets where a port follows', () => {
    const rule =
      '-A PREROUTING -d 2001:db8::5/128 -p tcp -m tcp --dport 25 -j DNAT --to-destination [fd00::9]:2525';
    expect(sentencesOf(withRules([rule], 'ipv6'))).toEqual([
      'tcp to [2001:db8::5]:25 is sent to [fd00::9]:2525 (DNAT)',
    ]);
  });
});

describe('rules together', () => {
  it('ask all conditions on the way, whatever the chains are called', () => {
    const rules = [
      '-A PREROUTING -i eth0 -j DOCKER',
      '-A PREROUTING -i eth1 -j DOCKER',
      '-A DOCKER -p tcp -j HERE',
      '-A HERE -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.0.9',
      '-A HERE -p udp -j DNAT --to-destination 10.0.0.8',
    ];
    expect(sentencesOf(withRules(rules))).toEqual([
      'tcp to port 25 arriving by eth0 or eth1 is sent to 10.0.0.9 (DNAT)',
    ]);
  });

  it('are not reached behind what can never hold at the hook, nor twice where two prefixes have nothing in common', () => {
    const rules = [
      '-A OUTPUT -j MINE',
      '-A MINE -i eth0 -j DNAT --to-destination 10.0.0.9',
      '-A POSTROUTING -s 10.1.0.0/16 -j OTHER',
      '-A OTHER -s 10.2.0.0/16 -j MASQUERADE',
      '-A OTHER -s 10.1.2.0/24 -j MASQUERADE',
    ];
    expect(sentencesOf(withRules(rules))).toEqual(['10.1.2.0/24 is masqueraded']);
  });

  it('tell what is spared from translation, where anything follows that could translate it', () => {
    const masquerade = '-A POSTROUTING -s 10.0.0.0/8 -o eth0 -j MASQUERADE';
    const spared = '-A POSTROUTING -d 10.0.0.0/8 -j ACCEPT';
    const none = '-A POSTROUTING -o lo -j ACCEPT';
    expect(sentencesOf(withRules([spared, none, masquerade]))).toEqual([
      'everything to 10.0.0.0/8 is not translated: it keeps its source',
      '10.0.0.0/8 leaving by eth0 is masqueraded',
    ]);
    expect(sentencesOf(withRules([masquerade, spared]))).toEqual([
      '10.0.0.0/8 leaving by eth0 is masqueraded',
    ]);
    const returned = [
      '-A POSTROUTING -j MINE',
      '-A MINE -d 10.9.0.0/16 -j RETURN',
      '-A MINE -s 10.0.0.0/8 -j MASQUERADE',
      '-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.7',
    ];
    expect(sentencesOf(withRules(returned))[0]).toBe(
      'everything to 10.9.0.0/16 skips translations that follow in MINE',
    );
  });
});

describe('very many rules', () => {
  it('are told in part, and that is said; chains that call one another over and over are no trap', () => {
    const numbers = Array.from({ length: 1_200 }, (_, index) => index);
    const rules = numbers.map(
      (port) => `-A PREROUTING -p tcp -m tcp --dport ${port} -j DNAT --to-destination 10.0.0.1`,
    );
    const told = sentencesOf(withRules(rules));
    expect(told).toHaveLength(1_001);
    expect(told.at(-1)).toBe('PREROUTING does more than is told here: its rules are beneath');
    const doubling = numbers
      .slice(0, 40)
      .flatMap((level) => [`-A C${level} -p tcp -j C${level + 1}`, `-A C${level} -p tcp -j C${level + 1}`]);
    const trap = withRules(['-A PREROUTING -j C0', ...doubling, '-A C40 -j DNAT --to-destination 10.0.0.1']);
    expect(sentencesOf(trap).at(-1)).toBe('PREROUTING does more than is told here: its rules are beneath');
  });
});

describe('the rules of real engines', () => {
  const published = (version: string) =>
    sentencesOf(golden(version)).filter((text) => text.startsWith('published'));
  const masqueraded = (version: string) =>
    sentencesOf(golden(version)).filter((text) => /^[\d./]+ leaving/.test(text));

  it('read alike, though Docker 20.10 and 28 write them in another order', () => {
    const old = published('20.10');
    expect(old.length).toBeGreaterThan(10);
    expect(published('28').filter((text) => text.includes('/tcp → 10.10.1.2:80,'))).toEqual([
      'published 8080/tcp → 10.10.1.2:80, by DNAT, but not from br-front or to a loopback address',
    ]);
    for (const text of old) expect(published('28')).toContain(text);
    for (const text of masqueraded('20.10')) expect(masqueraded('28')).toContain(text);
    expect(masqueraded('20.10')).toContain('10.10.2.0/24 leaving by anything but br-back is masqueraded');
  });

  it('are all told in sentences, IPv6 among them', () => {
    for (const version of ['20.10', '28']) {
      const sentences = sentencesOf(golden(version));
      expect(sentences.filter((text) => / -[a-z] | -j /.test(text))).toEqual([]);
    }
    expect(published('28')).toContain(
      'published 8006/tcp → [fd00:10:6::2]:80, by DNAT, but not from br-six or fe80::/10 or to a loopback address',
    );
  });

  it('send a container’s questions to Docker’s resolver', () => {
    const text = readFileSync(`${checkout}/test/fixtures/iptables/container-nft-ipv4.txt`, 'utf8');
    const web = SNAPSHOT.namespaces[1];
    if (web === undefined) throw new Error('the fixture has no web');
    const rulesets = [parseSave(text, { family: 'ipv4', flavour: 'nft' })];
    expect(sentencesOf({ ...web, rulesets })).toEqual([
      "DNS queries (tcp) to 127.0.0.11:53 go to 127.0.0.11:45169, Docker's resolver",
      "DNS queries (udp) to 127.0.0.11:53 go to 127.0.0.11:49085, Docker's resolver",
      "answers (tcp) of Docker's resolver, 127.0.0.11:45169, come from port 53 again",
      "answers (udp) of Docker's resolver, 127.0.0.11:49085, come from port 53 again",
    ]);
    const [first] = sentencesOf(hostWith({ rulesets }));
    expect(first).toBe('tcp to 127.0.0.11:53 sent by this host is sent to 127.0.0.11:45169 (DNAT)');
  });
});

describe('the table of NAT', () => {
  const rules = [
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
    '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
    '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
  ];
  const lines = (namespace: Namespace) => formatTable(natTable(SNAPSHOT, namespace));

  it('names the processes of Docker’s proxy, and the ports that it alone takes', () => {
    const socket = (address: string, port: number, pid: number, name = 'docker-proxy'): Socket => ({
      protocol: 'tcp',
      family: address.includes(':') ? 'ipv6' : 'ipv4',
      address,
      port,
      state: 'LISTEN',
      receiveQueue: 0,
      uid: 0,
      inode: pid,
      v6only: true,
      owners: [{ pid, name }],
    });
    const sockets = [socket('0.0.0.0', 8080, 812), socket('::', 8080, 815), socket('0.0.0.0', 22, 1, 'sshd')];
    const text = lines({ ...withRules(rules), sockets });
    expect(text[1]).toMatch(/published 8080\/tcp → web 172\.17\.0\.2:80, by DNAT and docker-proxy pid 812$/);
    expect(text.filter((line) => line.includes('alone'))).toEqual([
      expect.stringMatching(
        /published \[::\]:8080\/tcp, by docker-proxy pid 815 alone: no rule translates it$/,
      ),
    ]);
    expect(text.join()).not.toContain('sshd');
    const marked = withRules([
      '-A PREROUTING -m mark --mark 0x7 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
    ]);
    expect(lines({ ...marked, sockets }).join('\n')).toMatch(
      /0\.0\.0\.0:8080\/tcp, by docker-proxy pid 812\n/,
    );
  });

  it('tells who is translated now beneath the rule that does it, or apart where several may', () => {
    const entry = (
      id: number,
      original: [string, number, string, number],
      reply: [string, number, string, number],
    ) =>
      ({
        id,
        family: 'ipv4',
        protocol: 'tcp',
        status: [],
        zone: 0,
        mark: 0,
        original: {
          source: original[0],
          sourcePort: original[1],
          destination: original[2],
          destinationPort: original[3],
        },
        reply: { source: reply[0], sourcePort: reply[1], destination: reply[2], destinationPort: reply[3] },
      }) satisfies ConntrackEntry;
    const out = (id: number) =>
      entry(id, ['172.17.0.2', 44_012, '1.1.1.1', 443], ['1.1.1.1', 443, '192.0.2.10', 44_012]);
    const entries = [
      out(1),
      out(2),
      entry(3, ['198.51.100.7', 51_034, '192.0.2.10', 8080], ['172.17.0.2', 80, '198.51.100.7', 51_034]),
      entry(4, ['172.17.0.2', 1, '172.17.0.3', 2], ['172.17.0.3', 2, '172.17.0.2', 1]),
    ];
    const namespace = { ...withRules(rules), conntrack: { entries, total: 4 } };
    const told = lines(namespace).map((line) => line.trim());
    const at = told.findIndex((line) => line.includes('is masqueraded'));
    expect(told[at + 1]).toBe('now: 2 connections, e.g. 172.17.0.2:44012 → 1.1.1.1:443 as 192.0.2.10');
    expect(told).toContain('now: 1 connection, e.g. 198.51.100.7:51034 → 192.0.2.10:8080 to 172.17.0.2:80');
    const several = withRules([...rules, '-A POSTROUTING -s 172.17.0.2/32 -o eth0 -j MASQUERADE']);
    const apart = lines({ ...several, conntrack: { entries, total: 9 } }).map((line) => line.trim());
    expect(apart).toContain(
      'now, by one of several rules: at least 2 connections, e.g. 172.17.0.2:44012 → 1.1.1.1:443 as 192.0.2.10',
    );
  });

  it('leads from a sentence to its rule, and says in full what it counted', () => {
    const counted = withRules(rules.map((rule) => (rule.includes('MASQ') ? `[1234:99] ${rule}` : rule)));
    const table = natTable(SNAPSHOT, counted, new Map());
    const row = table.rows.find(({ cells }) => cells.at(-1)?.endsWith('is masqueraded'));
    expect(row?.full?.at(-1)).toBe(
      '172.17.0.0/16 leaving by anything but docker0 is masqueraded: 1,234 packets, +1,234 since you look',
    );
    const key = findSentenceRule(SNAPSHOT, counted, row?.key ?? '');
    expect(table.rows.find((one) => one.key === key)?.cells.at(-1)).toContain(
      '-s 172.17.0.0/16 ! -o docker0',
    );
  });

  it('shows what was not understood as it is, and what was not read', () => {
    const [ruleset] = withRules(rules).rulesets ?? [];
    if (ruleset === undefined) throw new Error('no rules');
    const odd = hostWith({ rulesets: [{ ...ruleset, unparsed: ['-Z something'] }] });
    expect(lines(odd)[1]).toBe('not understood, ipv4 iptables-nft: -Z something');
    const gap = { probe: 'nft', namespace: HOST_ID, reason: 'nftables table ip x: too long' };
    const table = natTable({ ...SNAPSHOT, gaps: [gap] }, withRules(rules));
    expect(formatTable(table)[1]).toBe('host: nft not read: nftables table ip x: too long');
  });
});
