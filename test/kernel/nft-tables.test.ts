/** The tables of nftables in a snapshot, against what nft itself prints of them. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Namespace } from '../../src/model/namespace.ts';
import type { NftTable } from '../../src/model/nftables.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { createLab, type Host, type Lab } from '../helpers/lab.ts';
import { checkout, node, program } from '../helpers/paths.ts';
import { findSchemaBreaches } from '../helpers/snapshot-schema.ts';

const EVERYTHING = readFileSync(`${checkout}/test/fixtures/nft/everything.nft`, 'utf8');

describe('tables of nftables in a snapshot', () => {
  let lab: Lab;
  let document: unknown;
  let snapshot: Snapshot;
  const hosts = new Map<string, Host>();
  const addHost = async (name: string) => {
    const host = await lab.host(name);
    hosts.set(name, host);
    return host;
  };
  const inHost = (name: string): Namespace => {
    const found = snapshot.namespaces.find((one) => one.name === name);
    if (!found) throw new Error(`no namespace ${name}`);
    return found;
  };
  const gapsOf = (name: string) => snapshot.gaps.filter(({ namespace }) => namespace === inHost(name).id);

  beforeAll(async () => {
    lab = await createLab();
    const every = await addHost('every');
    await every.ok(['nft', '-f', '/dev/stdin'], { input: EVERYTHING });
    const iptables = await addHost('iptables');
    await iptables.ok(['iptables-nft', '-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-j', 'DROP']);
    const mixed = await addHost('mixed');
    await mixed.ok(`
      iptables-nft -A INPUT -p tcp --dport 80 -j DROP
      iptables-nft -t nat -A POSTROUTING -j MASQUERADE
      nft add rule ip filter INPUT ip saddr '{ 10.0.0.1, 10.0.0.2 }' counter drop
      nft add rule ip nat POSTROUTING ct state invalid drop`);
    const misread = await addHost('misread');
    await misread.ok(`
      iptables-nft -A FORWARD -p tcp --dport 80 -j ACCEPT
      iptables-nft -t raw -A PREROUTING -s 10.0.0.0/8 ! -i lo -p udp --sport 1:5 -j ACCEPT
      iptables-nft -t raw -A PREROUTING -p tcp --syn -m mark --mark 1/3 -j TRACE
      iptables-nft -t raw -A OUTPUT -f ! -s 10.1.2.3 -m limit --limit 5/sec -j NFLOG
      ip6tables-nft -A FORWARD -s fd00::/17 -d fe80::1 -p udp --dport 5 -j DROP
      nft add rule ip filter FORWARD tcp sequence 5 drop`);
    const strange = await addHost('strange');
    await strange.ok(`
      iptables-nft -A FORWARD -p tcp --dport 80 -j ACCEPT
      iptables-nft -t nat -A POSTROUTING -j MASQUERADE
      nft add rule ip filter FORWARD ip id 1 drop`);
    const devices = await addHost('devices');
    await devices.ok(`
      ip link add d0 type veth peer name d1
      nft add table netdev two
      nft add chain netdev two both '{ type filter hook ingress devices = { d0, d1 } priority -5; policy drop; }'
      nft add chain netdev two one '{ type filter hook egress device d0 priority 7; }'
      nft add table ip asleep '{ flags dormant; }'
      nft add chain ip asleep in '{ type filter hook input priority 0; policy drop; }'`);
    const { stdout } = await lab.netpeek(['snapshot']);
    document = JSON.parse(stdout);
    snapshot = parseSnapshot(document, 'it');
  });
  afterAll(() => lab.dispose());

  test('have the rules, handles and words that nft lists, chain by chain', async () => {
    const listed = await hosts.get('every')?.ok(['nft', '-s', '-a', 'list', 'ruleset']);
    const truth = rulesOf(listed ?? '');
    const claim = (inHost('every').nftables ?? []).flatMap((table) =>
      table.chains.flatMap(({ name, rules }) =>
        rules.map(({ handle, text }) => `${table.family} ${table.name} ${name}: ${text} # handle ${handle}`),
      ),
    );
    expect(claim).toEqual(truth);
    expect(truth.length).toBeGreaterThan(200);
  });

  test('are understood whole, but for what nobody could evaluate', () => {
    const tables = inHost('every').nftables ?? [];
    expect(tables.map(({ family, name }) => `${family} ${name}`)).toEqual([
      'inet fw',
      'bridge br',
      'netdev nd',
      'arp ar',
      'inet sleep',
    ]);
    expect(tables.flatMap(({ unparsed }) => unparsed)).toEqual([]);
    expect(verbatimKinds(tables)).toEqual([
      'exthdr',
      'ip option',
      'osf',
      'rt',
      'sctp chunk',
      'socket',
      'tcp option',
    ]);
    expect(gapsOf('every')).toEqual([]);
  });

  test('keep sets, maps, objects and the counters of rules', async () => {
    const [table] = inHost('every').nftables ?? [];
    expect(table?.sets.map(({ name }) => name)).toEqual([
      'addrs',
      'ports',
      'conc',
      'dyn',
      'vm',
      'wild',
      'mk',
      'nat',
      'typeof1',
      'cst',
      'big',
    ]);
    expect(table?.sets.find(({ name }) => name === 'vm')).toMatchObject({
      kind: 'map',
      valueType: 'verdict',
      keyTypes: ['ifname'],
    });
    expect(table?.objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'counter c1',
      'quota q1',
      'limit l1',
      'ct helper h1',
    ]);
    const [sub] = table?.chains ?? [];
    expect(sub?.rules[0]).toMatchObject({ counters: { packets: 0, bytes: 0 }, comment: 'hello' });
  });

  test('fit the schema', () => {
    expect(findSchemaBreaches(document)).toEqual([]);
  });

  test('are not those of iptables-nft, which iptables prints', () => {
    expect(inHost('iptables').nftables).toEqual([]);
    expect(inHost('iptables').rulesets?.flatMap(({ tables }) => tables)).toHaveLength(1);
    expect(gapsOf('iptables')).toEqual([]);
  });

  test('hold a table of iptables-nft that iptables cannot print, and then iptables has it no more', () => {
    const { nftables = [], rulesets = [] } = inHost('mixed');
    expect(nftables.map(({ family, name }) => `${family} ${name}`)).toEqual(['ip filter', 'ip nat']);
    expect(rulesets.flatMap(({ tables }) => tables)).toEqual([]);
    expect(rulesets.flatMap(({ unparsed }) => unparsed)).toEqual([]);
    expect(nftables[0]?.chains.find(({ name }) => name === 'INPUT')?.rules).toHaveLength(2);
    expect(gapsOf('mixed')).toEqual([]);
  });

  test('hold one in which somebody else wrote what iptables would print as something else, and no other', () => {
    const { nftables = [], rulesets = [] } = inHost('misread');
    expect(nftables.map(({ family, name }) => `${family} ${name}`)).toEqual(['ip filter']);
    expect(
      rulesets.flatMap(({ family, tables }) => tables.map(({ name }) => `${family} ${name}`)).sort(),
    ).toEqual(['ipv4 raw', 'ipv6 filter']);
    expect(gapsOf('misread')).toEqual([]);
  });

  test('are all of them where iptables gives up', () => {
    const { nftables = [], rulesets = [] } = inHost('strange');
    expect(nftables.map(({ family, name }) => `${family} ${name}`)).toEqual(['ip filter', 'ip nat']);
    expect(rulesets.flatMap(({ tables, unparsed }) => [...tables, ...unparsed])).toEqual([]);
    expect(gapsOf('strange')).toEqual([]);
  });

  test('say the links of their chains and whether they sleep, which nft’s JSON does not', () => {
    expect(inHost('devices').nftables).toMatchObject([
      {
        name: 'two',
        flags: [],
        chains: [
          { base: { hook: 'ingress', priority: -5, policy: 'drop', devices: ['d0', 'd1'] } },
          { base: { hook: 'egress', priority: 7, policy: 'accept', devices: ['d0'] } },
        ],
      },
      { name: 'asleep', flags: ['dormant'] },
    ]);
  });

  test('are a gap without nft, which says what to install', async () => {
    await lab.ok('mkdir -p /run/no-tools');
    const { stdout } = await lab.run(['env', 'PATH=/run/no-tools', node, program, 'snapshot']);
    const without = parseSnapshot(JSON.parse(stdout), 'it');
    const { id, nftables } = without.namespaces.find(({ name }) => name === 'every') ?? {};
    expect(nftables).toBeUndefined();
    expect(without.gaps.filter((gap) => gap.namespace === id && gap.probe === 'nft')).toMatchObject(
      Array.from({ length: 5 }, () => ({ needs: 'apt install nftables' })),
    );
  });
});

/** Every rule of a listing as one line, with its table and chain. */
function rulesOf(listing: string): readonly string[] {
  const rules: string[] = [];
  let [table, chain, text] = ['', '', ''];
  for (const line of listing.split('\n')) {
    const begun = /^table (\S+ \S+) \{/.exec(line)?.[1];
    const named = /^\t(?:chain|set|map|counter|quota|limit|ct helper) (\S+) \{/.exec(line)?.[1];
    if (begun !== undefined) table = begun;
    else if (named !== undefined) chain = line.startsWith('\tchain') ? named : '';
    else if (chain !== '' && line.startsWith('\t\t') && !/^\t\ttype \w+ hook /.test(line)) {
      text = text === '' ? line.trim() : `${text} ${line.trim()}`;
      if (!/ # handle \d+$/.test(line)) continue;
      rules.push(`${table} ${chain}: ${text}`);
      text = '';
    }
  }
  return rules;
}

/** What is kept as JSON anywhere in the rules, by the name of the expression or statement. */
function verbatimKinds(tables: readonly NftTable[]): readonly string[] {
  const kinds = new Set<string>();
  JSON.stringify(tables, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'json' in value)
      kinds.add(/^\{"([^"]+)"/.exec(String(value.json))?.[1] ?? String(value.json));
    return value;
  });
  return [...kinds].sort();
}
