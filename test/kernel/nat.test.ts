/**
 * NAT in sentences, and the firewall in its order, for rules of both iptables and of nftables at once: what each rule is
 * said to do is what the kernel does with a packet that is really sent.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';

type Translation = {
  readonly text: string;
  readonly world: string;
  readonly now?: string;
  readonly rules: readonly { readonly text: string; readonly counters?: { readonly packets: number } }[];
};
type NatDocument = { readonly translations: readonly Translation[] };
type FirewallDocument = {
  readonly firewall: readonly { readonly family: string }[];
  readonly nftables: readonly { readonly name: string }[];
};

/** A client, a router that translates, and a server; `br0` is there to be excepted. */
const build = `
  ip netns add client; ip netns add router; ip netns add server
  ip link add eth0 netns client type veth peer name lan netns router
  ip link add eth0 netns server type veth peer name wan netns router
  ip -n router link add br0 type bridge
  for ns in client router server; do ip -n $ns link set lo up; done
  ip -n client addr add 10.1.0.2/24 dev eth0; ip -n client link set eth0 up
  ip -n router addr add 10.1.0.1/24 dev lan; ip -n router link set lan up
  ip -n router addr add 203.0.113.1/24 dev wan; ip -n router link set wan up
  ip -n server addr add 203.0.113.9/24 dev eth0; ip -n server link set eth0 up
  ip -n client route add default via 10.1.0.1
  ip netns exec router sysctl -q -w net.ipv4.ip_forward=1
  in_router() { ip netns exec router "$@"; }
  in_router iptables-legacy -t nat -A PREROUTING -d 203.0.113.5 -p tcp --dport 25 -j DNAT --to-destination 203.0.113.9:2525
  in_router iptables-nft -t nat -N LEAVES
  in_router iptables-nft -t nat -A POSTROUTING -s 10.1.0.0/24 -j LEAVES
  in_router iptables-nft -t nat -A LEAVES -d 10.9.0.0/16 -j RETURN
  in_router iptables-nft -t nat -A LEAVES ! -o br0 -j MASQUERADE
  in_router iptables-nft -t nat -A PREROUTING -i lan -p tcp --dport 80 -j REDIRECT --to-ports 3128
  in_router iptables-nft -t nat -A POSTROUTING -m mark --mark 7 -j SNAT --to-source 203.0.113.77
  in_router ip6tables-nft -t nat -A POSTROUTING -s fd00::/64 -o wan -j SNAT --to-source fd01::1`;

const tables = `
table ip mine {
  counter seen { }
  map leaving { type ifname : verdict; elements = { "lan" : jump out, "br0" : jump out } }
  chain post { type nat hook postrouting priority srcnat; policy accept; iifname vmap @leaving; }
  chain out { ip saddr 10.2.0.0/16 oifname != "br0" counter masquerade; }
  chain pre { type nat hook prerouting priority dstnat; policy accept; ip daddr 203.0.113.6 udp dport { 53, 5353 } dnat to 203.0.113.9:53; }
  chain late { type filter hook forward priority 10; policy accept; counter name seen accept; }
  chain quiet { type filter hook forward priority -5; policy accept; ip daddr 203.0.113.9 accept; }
}
table inet both {
  chain in { type filter hook input priority -10; policy accept; tcp dport 22 accept; }
}`;

const server = `require('node:net').createServer(() => {}).listen(2525, () => console.log('ready'));`;
const client = `require('node:net').connect(25, '203.0.113.5', () => console.log('connected'));`;

describe('a router with rules of three kinds', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`${build}\nin_router nft -f - <<'EOF_TABLES'\n${tables}\nEOF_TABLES`);
  });
  afterAll(() => lab.dispose());

  const inside = (name: string, ...argv: readonly string[]) => ['ip', 'netns', 'exec', name, ...argv];
  const sentences = async () => (await lab.netpeekJson<NatDocument>(['show', 'router', 'nat'])).translations;

  test('says of each what it does, in the order in which packets meet them', async () => {
    expect((await sentences()).map(({ world, text }) => `${world}: ${text}`)).toEqual([
      'iptables-nft: tcp to port 80 arriving by lan is sent to port 3128 of this namespace (REDIRECT)',
      'iptables-legacy: tcp to 203.0.113.5:25 is sent to server 203.0.113.9:2525 (DNAT)',
      'nft: udp to ports 53 or 5353 of 203.0.113.6 is sent to server 203.0.113.9:53 (DNAT)',
      'iptables-nft: 10.1.0.0/24 to 10.9.0.0/16 skips translations that follow in LEAVES',
      'iptables-nft: 10.1.0.0/24 leaving by anything but br0 is masqueraded',
      'iptables-nft: POSTROUTING: -m mark --mark 0x7 -j SNAT --to-source 203.0.113.77',
      'iptables-nft: fd00::/64 leaving by wan is sent as fd01::1 (SNAT)',
      'nft: 10.2.0.0/16 arriving by br0 or lan and leaving by anything but br0 is masqueraded',
    ]);
  });

  test('says it of what really happens: who is masqueraded, who is not, and who is sent elsewhere', async () => {
    await lab.ok(inside('client', 'ping', '-c1', '-W5', '203.0.113.9'));
    await (await lab.spawn(inside('server', node, '-e', server))).waitForOutput(/ready/);
    await (await lab.spawn(inside('client', node, '-e', client))).waitForOutput(/connected/);
    const told = await sentences();
    const masqueraded = told.find(({ text }) => text.startsWith('10.1.0.0/24 leaving'));
    expect(masqueraded?.now).toMatch(
      /^now: 2 connections, e\.g\. 10\.1\.0\.2.* → 203\.0\.113\.[59]\S* as 203\.0\.113\.1$/,
    );
    expect(masqueraded?.rules[0]?.counters?.packets).toBeGreaterThan(1);
    const sent = told.find(({ text }) => text.startsWith('tcp to 203.0.113.5:25'));
    expect(sent?.now).toMatch(/e\.g\. 10\.1\.0\.2:\d+ → 203\.0\.113\.5:25 to 203\.0\.113\.9:2525$/);
  });

  test('shows all rules hook by hook, each with its world, and counts only what counts', async () => {
    const { stdout } = await lab.netpeek(['show', 'router', 'firewall']);
    const headings = stdout.split('\n').filter((line) => / · (iptables-|nftables)/.test(line));
    expect(headings.filter((line) => /^IPv4(\+6)? (input|forward)/.test(line))).toEqual([
      'IPv4+6 input -10 · both in · nftables',
      'IPv4 input 100 · nat INPUT · iptables-nft · empty',
      'IPv4 input 100 · nat INPUT · iptables-legacy · empty',
      'IPv4 forward -5 · mine quiet · nftables',
      'IPv4 forward 10 · mine late · nftables',
    ]);
    expect(headings).toContain('IPv6 input -10 · both in · nftables · its rules are shown with IPv4');
    const printed = await lab.ok(inside('router', 'nft', '-a', 'list', 'chain', 'ip', 'mine', 'quiet'));
    const [, handle] = / accept # handle (\d+)/.exec(printed) ?? [];
    expect(stdout).toMatch(new RegExp(`1 +- +- +ip daddr 203\\.0\\.113\\.9 accept # handle ${handle}\\n`));
    const { nftables } = JSON.parse(await lab.ok(inside('router', 'nft', '-j', 'list', 'counters'))) as {
      nftables: readonly { counter?: { name: string; packets: number } }[];
    };
    const seen = nftables.find(({ counter }) => counter?.name === 'seen')?.counter?.packets ?? 0;
    expect(stdout).toMatch(new RegExp(`1 +${seen} +\\d.*B +counter name "seen" accept`));
  });

  test('reads the tables that Docker 29 makes of nftables as those of its predecessors, if by other links', async () => {
    await lab.ok(`
      ip netns add modern
      ip netns exec modern nft -f ${checkout}/test/fixtures/nft/docker-bridges.nft`);
    const { translations } = await lab.netpeekJson<NatDocument>(['show', 'modern', 'nat']);
    expect(translations.map(({ text }) => text)).toEqual([
      'published 8053/udp → 172.17.0.2:53, by DNAT, but not from docker0 or to a loopback address',
      'published 8080/tcp → 172.17.0.2:80, by DNAT, but not from docker0 or to a loopback address',
      '172.17.0.0/16 arriving by docker0 and leaving by anything but docker0 is masqueraded',
      'udp from 172.17.0.2 to 172.17.0.2:53 leaving by docker0 is masqueraded',
    ]);
  });

  test('gives scripts the tables of nftables beside those of iptables', async () => {
    const document = await lab.netpeekJson<FirewallDocument>(['show', 'router', 'firewall']);
    expect(document.nftables.map(({ name }) => name).sort()).toEqual(['both', 'mine']);
    expect(document.firewall.map(({ family }) => family)).toEqual(expect.arrayContaining(['ipv4', 'ipv6']));
  });
});
