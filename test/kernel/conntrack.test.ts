/** Tracked connections of a router, entry for entry against conntrack(8) in the same namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Conntrack, ConntrackEntry } from '../../src/model/conntrack.ts';
import type { Gap } from '../../src/model/gap.ts';
import { readConntrackList } from '../helpers/conntrack.ts';
import { type Ask, sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node } from '../helpers/paths.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type ConntrackDocument = { readonly gaps: readonly Gap[]; readonly conntrack: Conntrack | null };

const build = `
  for name in client router server; do ip netns add $name; ip -n $name link set lo up; done
  ip link add eth0 netns client type veth peer name to-client netns router
  ip link add eth0 netns server type veth peer name to-server netns router
  ip -n client addr add 10.1.0.2/24 dev eth0
  ip -n client addr add fd01::2/64 dev eth0 nodad
  ip -n server addr add 10.2.0.2/24 dev eth0
  ip -n server addr add fd02::2/64 dev eth0 nodad
  ip -n router addr add 10.1.0.1/24 dev to-client
  ip -n router addr add fd01::1/64 dev to-client nodad
  ip -n router addr add 10.2.0.1/24 dev to-server
  ip -n router addr add fd02::1/64 dev to-server nodad
  for name in client server; do ip -n $name link set eth0 up; ip -n router link set to-$name up; done
  ip -n client route add default via 10.1.0.1
  ip -n client -6 route add default via fd01::1
  ip -n server -6 route add default via fd02::1
  ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.netfilter.nf_conntrack_acct=1
  ip netns exec router iptables -t nat -A PREROUTING -d 10.1.0.1 -p tcp --dport 8080 -j DNAT --to-destination 10.2.0.2:80
  ip netns exec router iptables -t nat -A POSTROUTING -o to-server -j MASQUERADE
  ip netns exec router iptables -t mangle -A FORWARD -p icmp -j CONNMARK --set-mark 0xff
  ip netns exec router ip6tables -A FORWARD -m conntrack --ctstate INVALID -j DROP
  for address in 10.2.0.2 fd02::2; do until ip netns exec client ping -c1 -W1 $address; do :; done; done`;

const server = `require('node:net').createServer(() => {}).listen(80, '::', () => console.log('ready'));`;

/** Two connections that stay, over IPv4 to the published port and over IPv6; then one datagram that nobody answers. */
const client = `
  const { connect } = require('node:net');
  connect(8080, '10.1.0.1', () =>
    connect(80, 'fd02::2', () =>
      require('node:dgram').createSocket('udp4').send('x', 9999, '10.1.0.1', () => console.log('ready'))));`;

/** Entries that no packet made: zones, states and protocols that are hard to come by. */
const made = `
-I -p tcp -s 192.0.2.1 -d 192.0.2.2 --sport 1 --dport 2 --state SYN_SENT -t 3000 -w 7
-I -p tcp -s 192.0.2.1 -d 192.0.2.2 --sport 1 --dport 3 --state TIME_WAIT -t 3000 -u SEEN_REPLY -m 4294967295
-I -p udp -s 2001:db8::1 -d 2001:db8::2 --sport 53 --dport 53 -t 3000 -u SEEN_REPLY,ASSURED
-I -p gre -s 192.0.2.1 -d 192.0.2.2 --srckey 5 --dstkey 6 -t 3000
-I -p 89 -s 192.0.2.1 -d 192.0.2.2 -t 3000`;

/** What conntrack prints of the status. */
const PRINTED = ['SEEN_REPLY', 'ASSURED'];

describe('the tracked connections of a router', () => {
  let lab: Lab;
  const inside = (name: string, ...argv: readonly string[]) => ['ip', 'netns', 'exec', name, ...argv];
  const ask: Ask = (argv) => lab.ok(inside('router', ...argv));
  const show = (target: string) => lab.netpeekJson<ConntrackDocument>(['show', target, 'conntrack']);
  const load = async (name: string, lines: string) => {
    await lab.ok(['tee', '/run/entries'], { input: lines });
    await lab.ok(inside(name, 'conntrack', '-R', '/run/entries'));
  };
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
    await (await lab.spawn(inside('server', node, '-e', server))).waitForOutput(/ready/);
    await (await lab.spawn(inside('client', node, '-e', client))).waitForOutput(/ready/);
    await load('router', made.trimStart());
  });
  afterAll(() => lab.dispose());

  const readBoth = async () => {
    const { truth, claim } = await readWhileStill(
      async () => (await readConntrackList(ask)).entries,
      async () => await show('router'),
    );
    expect(claim.gaps.filter(({ probe }) => probe === 'conntrack')).toEqual([]);
    return { truth, entries: claim.conntrack?.entries ?? [], conntrack: claim.conntrack };
  };
  const find = (entries: readonly ConntrackEntry[], wanted: (entry: ConntrackEntry) => boolean) =>
    entries.find(wanted) ?? expect.fail('there is no such entry');

  test('are those that conntrack lists, with tuples, state, zone, mark and counters', async () => {
    const { truth, entries } = await readBoth();
    const comparable = entries.map(({ id: _id, timeoutS: _timeout, status, ...entry }) => ({
      ...entry,
      status: status.filter((name) => PRINTED.includes(name)),
    }));
    // conntrack calls a protocol that it has no name for `unknown`.
    const named = comparable.map((entry) =>
      entry.protocol === '89' ? { ...entry, protocol: 'unknown' } : entry,
    );
    expect(sorted(named)).toEqual(sorted(truth));
    expect(new Set(truth.map(({ protocol }) => protocol))).toEqual(
      new Set(['tcp', 'udp', 'icmp', 'icmpv6', 'gre', 'unknown']),
    );
  });

  test('say what NAT made of a connection to a published port', async () => {
    const { entries } = await readBoth();
    const entry = find(entries, ({ original }) => original.destinationPort === 8080);
    expect(entry).toMatchObject({
      state: 'ESTABLISHED',
      original: { source: '10.1.0.2', destination: '10.1.0.1' },
      reply: { source: '10.2.0.2', sourcePort: 80, destination: '10.2.0.1' },
    });
    expect(entry.status).toEqual(expect.arrayContaining(['SRC_NAT', 'DST_NAT', 'CONFIRMED', 'ASSURED']));
    expect(entry.counters?.original.packets).toBeGreaterThan(1);
    const { stdout } = await lab.netpeek(['show', 'router', 'conntrack']);
    expect(stdout).toMatch(/tcp +10\.1\.0\.2:\d+ +10\.1\.0\.1:8080 +to 10\.2\.0\.2:80 as 10\.2\.0\.1:\d+ /);
  });

  test('say of an entry that nobody answered so', async () => {
    const { entries } = await readBoth();
    expect(find(entries, ({ original }) => original.destinationPort === 9999).status).not.toContain(
      'SEEN_REPLY',
    );
  });

  test('run out when conntrack says they do', async () => {
    const before = Math.min(...(await readConntrackList(ask)).timeouts);
    const claim = (await show('router')).conntrack?.entries.map(({ timeoutS = -1 }) => timeoutS) ?? [];
    const after = Math.min(...(await readConntrackList(ask)).timeouts);
    expect(Math.min(...claim)).toBeLessThanOrEqual(before);
    expect(Math.min(...claim)).toBeGreaterThanOrEqual(after);
  });

  test('are as many as the kernel counts, of as many as it allows', async () => {
    const { conntrack, truth } = await readBoth();
    const sysctl = async (name: string) =>
      Number(await ask(['sysctl', '-n', `net.netfilter.nf_conntrack_${name}`]));
    expect(conntrack).toMatchObject({
      total: truth.length,
      count: await sysctl('count'),
      max: await sysctl('max'),
    });
  });

  test('are not those of another namespace', async () => {
    expect((await show('server')).conntrack).toMatchObject({ entries: [], total: 0 });
  });

  test('are counted to the last, and shown as far as anybody reads', async () => {
    const many = Array.from(
      { length: 10_100 },
      (_, index) => `-I -p udp -s 10.9.${index >> 8}.${index & 255} -d 192.0.2.9 --sport 7 --dport 7 -t 3000`,
    );
    await load('client', `${many.join('\n')}\n`);
    const listed = (await lab.ok(inside('client', 'conntrack', '-C'))).trim();
    const { conntrack, gaps } = await show('client');
    expect(conntrack?.entries).toHaveLength(10_000);
    expect(conntrack).toMatchObject({ total: Number(listed) });
    expect(gaps).toContainEqual(
      expect.objectContaining({ probe: 'conntrack', reason: 'showing 10,000 of 10,100 entries' }),
    );
  });
});
