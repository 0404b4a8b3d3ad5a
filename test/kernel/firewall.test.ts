/** The whole firewall of a namespace, table for table against iptables-save(8), and in the order that packets meet it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ruleset } from '../../src/model/firewall.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type FirewallDocument = { readonly firewall: readonly Ruleset[] };

const build = `
  ip netns add fw
  ip -n fw link set lo up
  in_fw() { ip netns exec fw "$@"; }
  in_fw iptables -N WALL
  in_fw iptables -A INPUT -p icmp -j WALL
  in_fw iptables -A WALL -m comment --comment "count me" -j RETURN
  in_fw iptables -P FORWARD DROP
  in_fw iptables -t raw -A PREROUTING -p udp -j NOTRACK
  in_fw iptables -t mangle -A POSTROUTING -j MARK --set-mark 7
  in_fw iptables -t nat -A OUTPUT -d 192.0.2.1 -j DNAT --to-destination 127.0.0.1
  in_fw ip6tables -A OUTPUT -p tcp --dport 25 -j REJECT
  in_fw ping -c2 -W5 127.0.0.1`;

describe('the firewall of a namespace', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  test.each([
    ['ipv4', 'iptables-nft-save'],
    ['ipv6', 'ip6tables-nft-save'],
  ])('of %s is what %s prints, policies, rules and counters of every table', async (family, save) => {
    const { truth, claim } = await readWhileStill(
      async () =>
        (await lab.ok(['ip', 'netns', 'exec', 'fw', save, '-c']))
          .split('\n')
          .filter((line) => /^[*:[]/.test(line)),
      async () => (await lab.netpeekJson<FirewallDocument>(['show', 'fw', 'firewall'])).firewall,
    );
    const ruleset = claim.find((one) => one.family === family && one.flavour === 'nft');
    const printed = ruleset?.tables.flatMap(({ name, chains }) => [
      `*${name}`,
      ...chains.map(
        (chain) =>
          `:${chain.name} ${chain.policy ?? '-'} [${chain.counters.packets}:${chain.counters.bytes}]`,
      ),
      ...chains.flatMap(({ rules }) =>
        rules.map(({ counters, text }) => `[${counters.packets}:${counters.bytes}] ${text}`),
      ),
    ]);
    expect([...(printed ?? [])].sort()).toEqual([...truth].sort());
    expect(truth.length).toBeGreaterThan(4);
  });

  test('is printed hook by hook, each with its policy, and the chains that rules jump to last', async () => {
    const { stdout } = await lab.netpeek(['show', 'fw', 'firewall']);
    const places = stdout.split('\n').flatMap((line) => /^IPv4 (.*?) · iptables-nft/.exec(line)?.[1] ?? []);
    expect(places).toEqual([
      'prerouting -300 · raw PREROUTING',
      'prerouting -150 · mangle PREROUTING',
      'prerouting -100 · nat PREROUTING',
      'input -150 · mangle INPUT',
      'input 0 · filter INPUT',
      'input 100 · nat INPUT',
      'forward -150 · mangle FORWARD',
      'forward 0 · filter FORWARD',
      'output -300 · raw OUTPUT',
      'output -150 · mangle OUTPUT',
      'output -100 · nat OUTPUT',
      'output 0 · filter OUTPUT',
      'postrouting -150 · mangle POSTROUTING',
      'postrouting 100 · nat POSTROUTING',
      '· filter WALL',
    ]);
    expect(stdout).toMatch(/filter INPUT · iptables-nft\n *1 +4 +336 B +-p icmp -j WALL/);
    expect(stdout).toMatch(/filter FORWARD · .*\n +0 +0 B +policy DROP/);
    expect(stdout).toMatch(/filter WALL · .*\n *1 +4 +336 B +-m comment --comment "count me" -j RETURN/);
  });
});
