/**
 * Rules that ask the routing tables, `fib` of nftables and `rpfilter` of iptables, against the kernel: packets from
 * sources of many kinds meet rules with counters, and what netpeek says must be what they have counted.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Namespace } from '../../src/model/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { evaluateChain } from '../../src/path/netfilter/evaluate-chain.ts';
import { firewallOf } from '../../src/path/netfilter/firewall.ts';
import type { HookName } from '../../src/path/netfilter/program.ts';
import { surroundingsOf } from '../../src/path/netfilter/surroundings-of.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { ping } from '../helpers/iptables-rules.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import {
  FAMILIES,
  type Family,
  FIB,
  iptablesRules,
  nftRules,
  RPFILTER,
  routes,
  sourcesOf,
  TARGETS,
  TOOLS,
} from './table-questions.ts';

describe('what rules ask of the routing tables', () => {
  let lab: Lab;
  let snapshot: Snapshot;
  let router: Namespace;
  beforeAll(async () => {
    lab = await createLab();
    const host = await lab.host('host');
    const there = await lab.host('router');
    await lab.host('other');
    await lab.ok(`
      ip link add w0 netns router address 02:00:00:00:00:01 type veth peer name eth netns host
      ip link add w1 netns router type veth peer name eth netns other
      ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      for link in all default w0 w1; do ip netns exec router sysctl -qw net.ipv4.conf.$link.rp_filter=0; done
      ip -n router link set lo up; ip -n host link set lo up; ip -n other link set eth up
      ip -n router link set w0 up; ip -n router link set w1 up; ip -n host link set eth up
      for n in 0 1; do
        ip -n router addr add 10.$n.0.1/24 dev w$n; ip -n router addr add fd0$n::1/64 nodad dev w$n
      done
      ip -n host addr add 10.0.0.2/24 dev eth; ip -n host addr add fd00::2/64 nodad dev eth
      for own in 10.0.0.1 fd00::1; do
        ip -n host neigh add $own lladdr 02:00:00:00:00:01 nud permanent dev eth
      done
      ip -n host route add 10.1.0.2 via 10.0.0.1; ip -n host route add fd01::2 via fd00::1
      ${FAMILIES.map(routes).join('\n')}
      ${FAMILIES.flatMap((family) => [...sourcesOf(family).values()])
        .map(
          (one) =>
            `ip -n host addr add ${one}/${one.includes(':') ? '128 nodad' : '32'} dev ${one.startsWith('fe80') ? 'eth' : 'lo'}`,
        )
        .join('\n')}`);
    await there.ok(['nft', '-f', '/dev/stdin'], { input: nftRules() });
    for (const family of FAMILIES)
      for (const tool of TOOLS[family]) await there.ok([`${tool}-restore`], { input: iptablesRules(family) });
    const sent = FAMILIES.flatMap((family) =>
      Object.values(TARGETS[family]).flatMap((to) =>
        [...sourcesOf(family).values()].map(
          (from) => `ping -c 1 -W 1 -I ${from}${from.startsWith('fe80') ? '%eth' : ''} ${to} &`,
        ),
      ),
    );
    await host.run(['sh', '-c', `${sent.join('\n')}\nwait`]);
    snapshot = parseSnapshot(JSON.parse((await lab.netpeek(['snapshot'])).stdout), 'it');
    const found = snapshot.namespaces.find(({ name }) => name === 'router');
    if (!found) throw new Error('the router was not read');
    router = found;
  });
  afterAll(() => lab.dispose());

  type Asked = {
    readonly world: string;
    readonly hook: HookName;
    readonly chain: string;
    readonly family: Family;
    readonly to: 'here' | 'there';
    readonly name: string;
  };
  const said = ({ world, hook, chain, family, to, name }: Asked) => {
    const { bases } = firewallOf(snapshot, router);
    const base = bases.find(
      (one) =>
        one.world === world &&
        one.hook === hook &&
        one.chains.has(chain) &&
        (one.family === 'inet' || one.family === (family === 'ipv4' ? 'ip' : 'ip6')),
    );
    const program = base?.chains.get(chain);
    if (!base || !program) throw new Error(`no chain ${chain}`);
    const from = sourcesOf(family).get(name) ?? '';
    const { inLink: _in, outLink: _out, ...echo } = ping({ source: from, destination: TARGETS[family][to] });
    const packet = {
      ...echo,
      dscp: 0,
      mark: name === 'n6' ? 7 : 0,
      inLink: 'w0',
      ...(hook === 'forward' ? { outLink: 'w1' } : {}),
    };
    const { met } = evaluateChain({ ...base, name: chain }, packet, { ...surroundingsOf(router), hook });
    return program.rules().map(({ ref }) => ({
      rule: ref.text,
      claim: met.find(({ rule }) => rule.number === ref.number)?.matched ?? 'no',
      truth: (ref.counters?.packets ?? 0) > 0 ? 'yes' : 'no',
    }));
  };

  const cases = FAMILIES.flatMap((family) =>
    [...sourcesOf(family).keys()].map((name) => [family, name] as const),
  );

  test.each(cases)('fib answers as the kernel, %s from %s', (family, name) => {
    for (const [hook, to] of [
      ['prerouting', 'here'],
      ['prerouting', 'there'],
      ['input', 'here'],
      ['forward', 'there'],
    ] as const) {
      const chain = `${hook}_${family}_${to}_${name}`;
      const rules = said({ world: 'nft', hook, chain, family, to, name });
      expect(rules).toHaveLength(FIB.length);
      // What never comes so far is counted by nobody.
      const came = rules.some(({ truth }) => truth === 'yes');
      if (hook === 'prerouting') expect(came, `${hook} ${to}`).toBe(true);
      if (!came) continue;
      // Of IPv6's several next hops, the kernel asks the one that a hash chooses.
      const mayBeUnknown = family === 'ipv6' && name === 'n4';
      expect(
        rules.filter(({ claim, truth }) => claim !== truth && !(mayBeUnknown && claim === 'unknown')),
        `${hook} ${to}`,
      ).toEqual([]);
    }
  });

  test.each(cases)('rpfilter answers as the kernel, %s from %s', (family, name) => {
    for (const world of ['iptables-nft', 'iptables-legacy']) {
      const rules = said({ world, hook: 'prerouting', chain: name, family, to: 'here', name });
      expect(rules).toHaveLength(RPFILTER.length);
      expect(rules.filter(({ claim, truth }) => claim !== truth)).toEqual([]);
      expect(rules.some(({ truth }) => truth === 'yes')).toBe(true);
    }
  });
});
