/** What all base chains of a hook make of a packet together: order, tracking, translation, and what remains unknown. */
import { describe, expect, test } from 'vitest';
import { evaluateHook, type HookRequest } from '../../../../src/path/netfilter/evaluate-hook.ts';
import type { HookName } from '../../../../src/path/netfilter/program.ts';
import { basesOf, firewall, packet, ping, ruleset, surroundings } from '../../../helpers/iptables-rules.ts';

const CHAINS: Readonly<Record<HookName, string>> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
  ingress: '',
  egress: '',
};
const UNKNOWN = '-m limit --limit 3/min';

/** A hook where each table has these rules, of the hook's own chain where none is named. */
function evaluate(
  hook: HookName,
  tables: Readonly<Record<string, readonly string[]>>,
  more: Partial<HookRequest> = {},
  policy = 'ACCEPT',
) {
  const lines = Object.entries(tables).flatMap(([table, rules]) => [
    `*${table}`,
    `:${CHAINS[hook]} ${policy} [0:0]`,
    ...rules.map((rule) => `-A ${CHAINS[hook]} ${rule}`),
    'COMMIT',
  ]);
  return evaluateHook({
    firewall: firewall(basesOf(ruleset(lines))),
    family: 'ip',
    hook,
    packet: packet(),
    around: surroundings(),
    ...more,
  });
}

const DNAT = '-p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8080';

describe('a hook', () => {
  test('lets a packet pass where there is nothing', () => {
    expect(evaluate('forward', {})).toMatchObject({ verdict: 'accept', unknown: [], lost: false });
  });

  test('asks every table, and a drop of any is final', () => {
    expect(evaluate('forward', { mangle: ['-j ACCEPT'], filter: ['-j DROP'] })).toMatchObject({
      verdict: 'drop',
      decision: { table: 'filter', rule: { number: 1 } },
    });
    expect(evaluate('forward', { filter: ['-j ACCEPT'], security: ['-j DROP'] }).verdict).toBe('drop');
  });

  test('says how it rejects, and which program decides', () => {
    expect(evaluate('forward', { filter: ['-j REJECT --reject-with icmp-port-unreachable'] })).toMatchObject({
      verdict: 'reject',
      decision: { verdict: { with: 'icmp-port-unreachable' } },
    });
    expect(evaluate('forward', { filter: ['-j NFQUEUE --queue-num 0'] }).verdict).toBe('queue');
  });

  test('names the policy that drops, without a rule', () => {
    const { verdict, decision } = evaluate('forward', { filter: [] }, {}, 'DROP');
    expect([verdict, decision?.chain, decision?.rule]).toEqual(['drop', 'FORWARD', undefined]);
  });

  test('asks both flavours: an accept of one is none of the other', () => {
    const rules = (words: string) => ['*filter', ':FORWARD ACCEPT [0:0]', `-A FORWARD ${words}`, 'COMMIT'];
    const bases = basesOf(ruleset(rules('-j ACCEPT')), { ...ruleset(rules('-j DROP')), flavour: 'legacy' });
    const result = evaluate('forward', {}, { firewall: firewall(bases) });
    expect(result).toMatchObject({ verdict: 'drop', decision: { world: 'iptables-legacy' } });
  });

  test('asks the tables in the order of their priorities, whatever the order they are read in', () => {
    const result = evaluate('forward', {
      filter: ['-m mark --mark 0x1 -j DROP'],
      mangle: ['-j MARK --set-xmark 0x1/0xffffffff'],
    });
    expect(result.verdict).toBe('drop');
    expect(result.met.map(({ table }) => table)).toEqual(['mangle', 'filter']);
  });

  test('drops for sure behind a rule that may drop, and is unknown before one that accepts', () => {
    const may = `${UNKNOWN} -j DROP`;
    expect(evaluate('forward', { mangle: [may], filter: ['-j DROP'] }).verdict).toBe('drop');
    expect(evaluate('forward', { mangle: [may], filter: ['-j ACCEPT'] })).toMatchObject({
      verdict: 'unknown',
      unknown: [`-A FORWARD ${may}`],
    });
  });

  test('is unknown where rules were not read, unless a rule that was drops', () => {
    const unread = [{ family: 'ip' as const, text: 'rules were not read' }];
    const asked = (words: string) => {
      const bases = basesOf(ruleset(['*filter', ':FORWARD ACCEPT [0:0]', `-A FORWARD ${words}`, 'COMMIT']));
      return evaluate('forward', {}, { firewall: { bases, unread } });
    };
    expect(asked('-j ACCEPT')).toMatchObject({ verdict: 'unknown', unknown: ['rules were not read'] });
    expect(asked('-j DROP').verdict).toBe('drop');
  });
});

describe('where rules were not read', () => {
  const unread = (
    hook: HookName,
    tables: Readonly<Record<string, readonly string[]>>,
    more: Partial<HookRequest> = {},
  ) => {
    const { bases } = firewall(
      basesOf(
        ruleset(
          Object.entries(tables).flatMap(([table, rules]) => [
            `*${table}`,
            `:${CHAINS[hook]} ACCEPT [0:0]`,
            ...rules.map((rule) => `-A ${CHAINS[hook]} ${rule}`),
            'COMMIT',
          ]),
        ),
      ),
    );
    return evaluate(hook, {}, { firewall: { bases, unread: [{ text: 'some were not read' }] }, ...more });
  };

  test.each([
    ['output', 'filter', '-d 192.0.2.1/32 -j DROP', 'unknown'],
    ['output', 'filter', '-p tcp -m tcp --dport 80 -j DROP', 'unknown'],
    ['output', 'filter', '-s 10.0.0.2/32 -p tcp -j DROP', 'drop'],
    ['output', 'mangle', '-d 192.0.2.1/32 -j DROP', 'drop'],
    ['forward', 'filter', '-d 192.0.2.1/32 -j DROP', 'drop'],
    ['input', 'security', '-s 10.0.0.2/32 -j DROP', 'drop'],
  ] as const)('at %s, a drop in %s by %s is %s', (hook, table, rule, verdict) => {
    const result = unread(hook, { [table]: [rule] });
    expect(result).toMatchObject({
      verdict,
      packet: { source: '10.0.0.2', destination: '192.0.2.1', destinationPort: 80 },
    });
  });

  test('a connection that is known is translated by no rule', () => {
    const established = packet({ connection: { state: 'established' } });
    const tables = { filter: ['-d 192.0.2.1/32 -j DROP'] };
    expect(unread('output', tables, { packet: established }).verdict).toBe('drop');
  });
});

describe('a rule that writes another prefix into the packet', () => {
  const WRITE = '-j SNPT --src-pfx 10.0.0.0/24 --dst-pfx 10.1.0.0/24';
  test('leaves no address that later rules could be sure of, and nobody follows the packet', () => {
    const asked = (rule: string) => evaluate('forward', { mangle: [WRITE], filter: [rule] });
    expect(asked('-s 10.0.0.2/32 -j DROP')).toMatchObject({ verdict: 'unknown', lost: true });
    expect(asked('-d 192.0.2.1/32 -j DROP').verdict).toBe('drop');
    expect(asked('-m comment --comment nothing')).toMatchObject({ verdict: 'accept', lost: true });
  });

  test('is not seen by the connection, unless it is only looked for afterwards', () => {
    const tuple = '-m conntrack --ctorigsrc 10.0.0.2 -j DROP';
    expect(evaluate('forward', { mangle: [WRITE], filter: [tuple] }).verdict).toBe('drop');
    expect(evaluate('prerouting', { raw: [WRITE], mangle: [tuple] }).verdict).toBe('unknown');
    expect(
      evaluate('forward', { mangle: [WRITE], filter: ['-m conntrack --ctreplsrc 192.0.2.1 -j DROP'] })
        .verdict,
    ).toBe('unknown');
  });

  test('has its packet translated to nobody knows what', () => {
    expect(evaluate('prerouting', { mangle: [WRITE], nat: [DNAT] })).toMatchObject({
      verdict: 'unknown',
      lost: true,
    });
  });
});

describe('connection tracking', () => {
  const NEW = '-m conntrack --ctstate NEW -j DROP';
  test('comes behind table raw, which sees no connection, and before mangle', () => {
    expect(evaluate('prerouting', { raw: [NEW] }).verdict).toBe('accept');
    expect(evaluate('prerouting', { raw: ['-m conntrack --ctstate INVALID -j DROP'] }).verdict).toBe('drop');
    expect(evaluate('prerouting', { mangle: [NEW] }).verdict).toBe('drop');
    expect(evaluate('output', { raw: [NEW], filter: [] }).verdict).toBe('accept');
    expect(evaluate('output', { filter: [NEW] }).verdict).toBe('drop');
    expect(evaluate('forward', { mangle: [NEW] }).verdict).toBe('drop');
  });

  test('has looked at the packet behind the hook, also where there are no rules', () => {
    expect(evaluate('prerouting', {}).packet.connection.state).toBe('new');
  });

  test('leaves alone what raw says not to track, and so does translation', () => {
    const result = evaluate('prerouting', {
      raw: ['-j CT --notrack'],
      mangle: ['-m conntrack --ctstate UNTRACKED -j MARK --set-xmark 0x1/0xffffffff'],
      nat: [DNAT],
    });
    expect(result.packet).toMatchObject({
      destination: '192.0.2.1',
      mark: 1,
      connection: { state: 'untracked' },
    });
    expect([result.translation, result.lost]).toEqual([undefined, false]);
  });

  test('keeps a packet untracked at the hooks that follow', () => {
    const untracked = packet({ connection: { state: 'untracked' } });
    expect(
      evaluate('postrouting', { nat: ['-j MASQUERADE'] }, { packet: untracked, own: '10.0.0.1' }),
    ).toMatchObject({
      verdict: 'accept',
      lost: false,
      packet: { source: '10.0.0.2' },
    });
  });

  test('may or may not track where raw is unknown, and then the address is lost', () => {
    const result = evaluate('prerouting', { raw: [`${UNKNOWN} -j CT --notrack`], nat: [DNAT] });
    expect([result.verdict, result.lost, result.packet.connection.state]).toEqual([
      'unknown',
      true,
      'unknown',
    ]);
  });

  test('finds the connection that a packet on the loopback was given when it was sent', () => {
    const settled = { packet: packet({ inLink: 'lo' }), settled: true };
    expect(evaluate('prerouting', { raw: [NEW] }, settled).verdict).toBe('drop');
    expect(evaluate('prerouting', { raw: ['-j CT --notrack'] }, settled).packet.connection.state).toBe('new');
    expect(evaluate('prerouting', { nat: [DNAT] }, settled).translation).toBeUndefined();
  });
});

describe('translation', () => {
  test('changes the destination, and the rules behind it see the new one', () => {
    const result = evaluate('output', {
      nat: [DNAT],
      filter: ['-d 172.17.0.2/32 -p tcp -m tcp --dport 8080 -j DROP'],
    });
    expect(result.verdict).toBe('drop');
    expect(result.packet).toMatchObject({
      destination: '172.17.0.2',
      destinationPort: 8080,
      connection: { destinationTranslated: 'yes', original: { destination: '192.0.2.1' } },
    });
    expect(result.translation?.decision.rule?.text).toBe(`-A OUTPUT ${DNAT}`);
  });

  test('is done once, by the first rule that translates, and no other flavour does it again', () => {
    const rules = (words: string) => ['*nat', ':PREROUTING ACCEPT [0:0]', `-A PREROUTING ${words}`, 'COMMIT'];
    const first = '-d 192.0.2.1/32 -j DNAT --to-destination 172.17.0.2';
    const again = '-d 172.17.0.2/32 -j DNAT --to-destination 172.17.0.3';
    const bases = basesOf(ruleset(rules(first)), { ...ruleset(rules(again)), flavour: 'legacy' });
    expect(evaluate('prerouting', {}, { firewall: firewall(bases) }).packet.destination).toBe('172.17.0.2');
    const { packet: left } = evaluate('prerouting', { nat: ['-j DNAT --to-destination 172.17.0.4', first] });
    expect(left.destination).toBe('172.17.0.4');
  });

  test.each([
    ['an established connection', packet({ connection: { state: 'established' } })],
    ['an answer', packet({ connection: { state: 'established', direction: 'reply' } })],
    ['a packet without a connection', packet({ connection: { state: 'invalid' } })],
  ])('is not asked for by %s', (_, asked) => {
    const result = evaluate(
      'prerouting',
      { nat: ['-j DNAT --to-destination 172.17.0.2'] },
      { packet: asked },
    );
    expect([result.packet.destination, result.translation, result.lost]).toEqual([
      '192.0.2.1',
      undefined,
      false,
    ]);
  });

  test('of an established connection is done where it would be decided, between mangle and filter', () => {
    const result = evaluate(
      'output',
      {
        mangle: ['-d 192.0.2.1/32 -j MARK --set-xmark 0x1/0xffffffff'],
        filter: ['-d 172.17.0.2/32 -m mark --mark 0x1 -j DROP'],
      },
      {
        packet: packet({ connection: { state: 'established' } }),
        established: (before) => ({ ...before, destination: '172.17.0.2' }),
      },
    );
    expect(result.verdict).toBe('drop');
  });

  test('takes an address of the leaving link, where it is known', () => {
    const masquerade = { nat: ['-o eth1 -j MASQUERADE'] };
    expect(evaluate('postrouting', masquerade, { own: '203.0.113.1' }).packet).toMatchObject({
      source: '203.0.113.1',
      sourcePort: 40_000,
      connection: { sourceTranslated: 'yes' },
    });
    expect(evaluate('postrouting', masquerade)).toMatchObject({ verdict: 'unknown', lost: true });
  });

  test('to what the packet carries already is none to the connection (nf_nat_setup_info)', () => {
    const same = evaluate('prerouting', { nat: ['-p tcp -j DNAT --to-destination 192.0.2.1:80'] });
    expect([same.translation !== undefined, same.packet.connection.destinationTranslated]).toEqual([
      true,
      'no',
    ]);
    const port = evaluate(
      'prerouting',
      { nat: ['-p tcp -j REDIRECT --to-ports 8080'] },
      { own: '192.0.2.1' },
    );
    expect(port.packet.connection.destinationTranslated).toBe('yes');
  });

  test.each([
    ['a range of addresses', '-j DNAT --to-destination 172.17.0.2-172.17.0.9'],
    ['a range of ports that the old one is not in', '-p tcp -j DNAT --to-destination 172.17.0.2:1000-2000'],
    ['ports that move along', '-p tcp -j DNAT --to-destination :5000-5100/80'],
    ['a rule that may match', `${UNKNOWN} -j DNAT --to-destination 172.17.0.2`],
    ['a target that nobody knows', '-j WHATEVER'],
  ])('to %s loses the packet', (_, rule) => {
    const result = evaluate('prerouting', { nat: [rule], filter: ['-j ACCEPT'] });
    expect([result.verdict, result.lost, result.unknown]).toEqual([
      'unknown',
      true,
      [`-A PREROUTING ${rule}`],
    ]);
  });

  test('keeps a port that is in the range', () => {
    const { packet: left } = evaluate('prerouting', {
      nat: ['-p tcp -j DNAT --to-destination 172.17.0.2:80-90'],
    });
    expect(left).toMatchObject({ destination: '172.17.0.2', destinationPort: 80 });
  });

  test.each<[string, number | 'ephemeral' | undefined]>([
    ['--to-source 203.0.113.1', 40_000],
    ['--to-source 203.0.113.1 --random', 'ephemeral'],
    ['--to-source 203.0.113.1:2000-3000', 'ephemeral'],
    // A privileged port is none that the kernel chooses for a sender.
    ['--to-source 203.0.113.1:100-200', undefined],
    ['--to-source 203.0.113.1:40000-40010', 40_000],
    ['--to-source 203.0.113.1:7', 7],
  ])('SNAT %s gives the source port %s', (words, port) => {
    const result = evaluate('postrouting', { nat: [`-p tcp -j SNAT ${words}`] });
    expect([result.verdict, result.packet.source, result.packet.sourcePort]).toEqual([
      'accept',
      '203.0.113.1',
      port,
    ]);
  });

  test('of a network keeps the host part, on the side that the hook is about', () => {
    const netmap = { nat: ['-j NETMAP --to 10.9.0.0/16'] };
    expect(evaluate('prerouting', netmap).packet).toMatchObject({
      source: '10.0.0.2',
      destination: '10.9.2.1',
    });
    expect(evaluate('postrouting', netmap).packet).toMatchObject({
      source: '10.9.0.2',
      destination: '192.0.2.1',
    });
  });

  test('of echo messages changes no port', () => {
    const result = evaluate(
      'postrouting',
      { nat: ['-j MASQUERADE --random'] },
      { packet: ping(), own: '203.0.113.1' },
    );
    expect(result.packet).toMatchObject({ source: '203.0.113.1', icmpType: 8 });
    expect(result.packet).not.toHaveProperty('sourcePort');
  });

  test('ends where a rule of its table accepts or drops', () => {
    expect(evaluate('prerouting', { nat: ['-j ACCEPT', DNAT] }).packet.destination).toBe('192.0.2.1');
    expect(evaluate('prerouting', { nat: ['-j RETURN', DNAT] }).translation).toBeUndefined();
  });
});
