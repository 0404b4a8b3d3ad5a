/** Rules that frames meet: of the bridge and netdev families, of IP where a bridge calls them, and those that stop questions for a MAC. */
import { describe, expect, test } from 'vitest';
import { parseSave } from '../../../../probes/iptables/parse-save.ts';
import type { Ruleset } from '../../../../src/model/firewall.ts';
import type { NftBase, NftFamily, NftTable } from '../../../../src/model/nftables.ts';
import { link } from '../../../helpers/made-up.ts';
import { br0, MAC, send, toA, toB, wired } from './segment.ts';

const toOther = { to: '10.0.0.2' } as const;

function table(family: NftFamily, base: NftBase, ...texts: readonly string[]): NftTable {
  const rules = texts.map((text, index) => ({ number: index + 1, handle: index + 9, text, statements: [] }));
  return {
    family,
    name: 't',
    handle: 1,
    flags: [],
    chains: [{ name: 'c', handle: 2, base, rules }],
    sets: [],
    objects: [],
    flowtables: [],
    unparsed: [],
  };
}

function rulesets(dump: string): readonly Ruleset[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    (['nft', 'legacy'] as const).map((flavour) =>
      parseSave(family === 'ipv4' && flavour === 'nft' ? dump : '', { family, flavour }),
    ),
  );
}

const FORWARD_DROPS = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const CALLED = {
  'ipv4/conf/br0/arp_ignore': '0',
  'ipv4/conf/all/arp_ignore': '0',
  'bridge/bridge-nf-call-iptables': '1',
};

describe('rules on frames', () => {
  const drop = (hook: NftBase['hook'], device?: string): NftBase => ({
    type: 'filter',
    hook,
    priority: 0,
    policy: 'drop',
    devices: device === undefined ? [] : [device],
  });

  test.each<[NftBase['hook'], string]>([
    ['prerouting', 'to-a'],
    ['forward', 'to-b'],
    ['postrouting', 'to-b'],
  ])('of the bridge family drop at %s', (hook, at) => {
    const told = send(wired({ host: { nftables: [table('bridge', drop(hook))] } }), toOther);
    expect(told.faults).toEqual(['filtered']);
    expect(told.lines).toContain(
      `host/${at} drop bridge ${hook.toUpperCase()}: dropped by the policy of c in table bridge t (nft)`,
    );
    expect(told.end).toBe('b/eth0');
  });

  test('of the bridge family drop what the bridge takes, and what it sends itself', () => {
    const input = wired({ host: { nftables: [table('bridge', drop('input'))] } });
    expect(send(input, { to: '10.0.0.254' }).faults).toEqual(['filtered']);
    expect(send(input, toOther).faults).toEqual([]);
    const output = wired({ host: { nftables: [table('bridge', drop('output'))] } });
    expect(send(output, { ...toOther, from: 'host', by: 'br0' }).faults).toEqual(['filtered']);
  });

  test.each<[NftBase['hook'], string, string[]]>([
    ['ingress', 'to-a', ['filtered']],
    ['egress', 'to-b', ['filtered']],
    ['egress', 'to-a', []],
  ])('of the netdev family drop at %s of %s alone', (hook, device, faults) => {
    const world = wired({ host: { nftables: [table('netdev', drop(hook, device))] } });
    expect(send(world, toOther).faults).toEqual(faults);
  });

  test('that were not read leave it unknown, and are wanted', () => {
    const world = wired();
    const namespaces = world.snapshot.namespaces.map((one) => {
      const { nftables: _, ...rest } = one;
      return one.id === 'b' ? rest : one;
    });
    const told = send({ ...world, snapshot: { ...world.snapshot, namespaces } }, toOther);
    expect(told.lines.at(-1)).toBe('b/eth0 unknown the rules of nftables in b were not read');
    expect([...world.wanted]).toEqual(['b']);
  });
});

describe('rules of IP', () => {
  test('meet what a bridge passes, with the bridge as the link and its ports as the physical ones', () => {
    const world = wired({ host: { sysctls: CALLED, rulesets: rulesets(FORWARD_DROPS) } });
    const told = send(world, toOther);
    expect(told.faults).toEqual(['filtered']);
    const [fault] = told.results.flatMap(({ faults }) => faults);
    expect(fault).toMatchObject({
      hook: 'forward',
      inLink: { name: 'br0' },
      outLink: { name: 'br0' },
      packet: { physIn: 'to-a', physOut: 'to-b', inLink: 'br0', outLink: 'br0' },
    });
    expect(told.packet).not.toHaveProperty('physOut');
  });

  test('do not without br_netfilter, and where it cannot be told it is unknown', () => {
    const rules = { rulesets: rulesets(FORWARD_DROPS) };
    expect(send(wired({ host: rules }), toOther).faults).toEqual([]);
    const own = link({ ...br0, details: { kind: 'bridge', nfCallIptables: true } });
    expect(send(wired({ host: { ...rules, links: [own, toA, toB] } }), toOther).faults).toEqual(['filtered']);
    const world = wired({ host: rules });
    const namespaces = world.snapshot.namespaces.map((one) => {
      const { sysctls: _, ...rest } = one;
      return one.id === 'host' ? rest : one;
    });
    const told = send({ ...world, snapshot: { ...world.snapshot, namespaces } }, toOther);
    expect(told.lines.join('\n')).toMatch(
      /unknown whether frames that br0 passes meet the rules of IP was not read/,
    );
    expect(world.wanted).toContain('host');
  });

  test('that rewrite the destination in the middle of a bridge are not followed', () => {
    const dnat =
      '*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A PREROUTING -j DNAT --to-destination 10.0.0.9\nCOMMIT\n';
    const told = send(wired({ host: { sysctls: CALLED, rulesets: rulesets(dnat) } }), toOther);
    expect(told.end).toBe('unknown');
  });
});

describe('a question for a MAC', () => {
  const accepting: NftBase = { type: 'filter', hook: 'input', priority: 0, policy: 'accept', devices: [] };
  const first = (tables: readonly NftTable[], at: 'b' | 'host', known = false) => {
    const neighbour = {
      ifindex: 2,
      family: 'ipv4',
      address: '10.0.0.2',
      mac: MAC.b,
      state: 'STALE',
      flags: [],
    } as const;
    const a = known ? { a: { neighbours: [neighbour] } } : {};
    return send(wired({ [at]: { nftables: tables }, ...a }), toOther).lines[0];
  };

  test('may be stopped by rules for ARP, unless the answer is known', () => {
    const arp = [table('arp', accepting, 'arp saddr ip 10.0.0.1 drop')];
    expect(first(arp, 'b')).toMatch(/^a\/eth0 unknown .*chain c of table arp t in b may stop the question/);
    expect(first(arp, 'b', true)).toMatch(/^a\/eth0 pass/);
    expect(first(arp, 'host')).toMatch(/^a\/eth0 pass/);
  });

  test('may be stopped by rules of a bridge that look at more than IP', () => {
    const bridge = (text: string) => [table('bridge', { ...accepting, hook: 'forward' }, text)];
    expect(first(bridge('ether type arp drop'), 'host')).toMatch(/^a\/eth0 unknown/);
    expect(first(bridge('ip saddr 10.0.0.7 drop'), 'host')).toMatch(/^a\/eth0 pass/);
  });
});
