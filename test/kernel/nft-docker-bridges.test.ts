/** Docker's tables of nftables, loaded by hand: the rules that a packet meets are those that the kernel has counted. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Namespace } from '../../src/model/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { evaluateHook } from '../../src/path/netfilter/evaluate-hook.ts';
import { nftBases } from '../../src/path/netfilter/nft-bases.ts';
import type { Packet } from '../../src/path/netfilter/packet.ts';
import type { Surroundings } from '../../src/path/netfilter/surroundings.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { createLab, type Host, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';

const RULES = readFileSync(`${checkout}/test/fixtures/nft/docker-bridges.nft`, 'utf8');

type Flow = {
  readonly name: string;
  readonly from: 'outside' | 'web';
  readonly to: string;
  readonly port: number;
  /** The verdict of the last hook, and the addresses behind it. */
  readonly end: string;
  readonly after?: string;
};

const FLOWS: readonly Flow[] = [
  {
    name: 'a published port',
    from: 'outside',
    to: '192.0.2.1',
    port: 8053,
    end: 'accept',
    after: '192.0.2.2 172.17.0.2:53',
  },
  {
    name: 'a container that is addressed directly',
    from: 'outside',
    to: '172.17.0.2',
    port: 53,
    end: 'drop',
  },
  {
    name: 'a container that leaves',
    from: 'web',
    to: '192.0.2.2',
    port: 9,
    end: 'accept',
    after: '192.0.2.1 192.0.2.2:9',
  },
];

describe.each(FLOWS)('Docker’s nftables rules for $name', ({ from, to, port, end, after }) => {
  let lab: Lab;
  let router: Namespace;
  beforeAll(async () => {
    lab = await createLab();
    const hosts: Record<string, Host> = {};
    for (const name of ['router', 'outside', 'web']) hosts[name] = await lab.host(name);
    await lab.ok(`
      ip -n router link add docker0 type bridge
      ip link add eth0 netns web type veth peer name veth0 netns router
      ip link add up0 netns outside type veth peer name up0 netns router
      ip -n router link set veth0 master docker0 up
      ip -n router addr add 172.17.0.1/16 dev docker0
      ip -n router addr add 192.0.2.1/24 dev up0
      ip -n web addr add 172.17.0.2/16 dev eth0
      ip -n outside addr add 192.0.2.2/24 dev up0
      ip -n router link set docker0 up
      ip -n router link set up0 up
      ip -n web link set eth0 up
      ip -n outside link set up0 up
      ip -n web route add default via 172.17.0.1
      ip -n outside route add 172.17.0.0/16 via 192.0.2.1
      ip netns exec router sysctl -qw net.ipv4.ip_forward=1`);
    await hosts.router?.ok(['nft', '-f', '/dev/stdin'], { input: RULES });
    const send = `const s=require('dgram').createSocket('udp4');s.bind(40000,()=>s.send('x',${port},'${to}',()=>s.close()))`;
    await hosts[from]?.ok([node, '-e', send]);
    const snapshot: Snapshot = parseSnapshot(JSON.parse((await lab.netpeek(['snapshot'])).stdout), 'it');
    const found = snapshot.namespaces.find(({ name }) => name === 'router');
    if (!found) throw new Error('no router');
    router = found;
  });
  afterAll(() => lab.dispose());

  test('are met as the kernel has counted them, and do the same', () => {
    const walked = walk(router, packetOf(from, to, port));
    const counted = (router.nftables ?? [])
      .flatMap(({ chains }) => chains)
      .flatMap(({ name, rules }) =>
        rules
          .filter(({ counters }) => counters && counters.packets > 0)
          .map(({ text }) => `${name}: ${text}`),
      );
    expect([...walked.met].sort()).toEqual([...counted].sort());
    expect(counted.length).toBeGreaterThan(0);
    expect(walked.unknown).toEqual([]);
    expect(walked.verdict).toBe(end);
    if (after !== undefined)
      expect(`${walked.packet.source} ${walked.packet.destination}:${walked.packet.destinationPort}`).toBe(
        after,
      );
  });
});

function packetOf(from: Flow['from'], destination: string, destinationPort: number): Packet {
  const source = from === 'web' ? '172.17.0.2' : '192.0.2.2';
  const original = { source, destination, sourcePort: 40_000, destinationPort };
  return {
    family: 'ipv4',
    protocol: 17,
    ...original,
    tcpFlags: 0,
    mark: 0,
    inLink: from === 'web' ? 'docker0' : 'up0',
    connection: {
      state: 'new',
      direction: 'original',
      original,
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    },
  };
}

/** The hooks of a router, one after the other; a packet keeps the link it came by until it is gone. */
function walk(router: Namespace, first: Packet) {
  const { bases, unread } = nftBases({ gaps: [] }, router);
  const around: Surroundings = {
    addressType: (address) => (address === '192.0.2.1' || address === '172.17.0.1' ? 'local' : 'unicast'),
    link: (name) => router.links?.find((link) => link.name === name),
    ipset: () => undefined,
  };
  const met: string[] = [];
  const unknown: string[] = [];
  let packet = first;
  let verdict = 'accept';
  for (const hook of ['prerouting', 'forward', 'postrouting'] as const) {
    const outLink = packet.destination.startsWith('172.17.') ? 'docker0' : 'up0';
    const own = outLink === 'up0' ? '192.0.2.1' : '172.17.0.1';
    const result = evaluateHook({
      firewall: { bases, unread },
      family: 'ip',
      hook,
      packet: hook === 'prerouting' ? packet : { ...packet, outLink },
      around,
      own,
    });
    unknown.push(...result.unknown);
    met.push(
      ...result.met.filter(({ rule }) => rule.counters).map(({ chain, rule }) => `${chain}: ${rule.text}`),
    );
    ({ packet, verdict } = result);
    if (verdict !== 'accept') break;
  }
  return { met, unknown, packet, verdict };
}
