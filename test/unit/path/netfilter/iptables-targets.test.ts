/** What each target of iptables does to a packet: how it ends, where it goes on, what it carries afterwards. */
import { describe, expect, test } from 'vitest';
import type { Packet } from '../../../../src/path/netfilter/packet.ts';
import type { Verdict } from '../../../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../../../src/path/netfilter/surroundings.ts';
import { packet, ruleOf, surroundings } from '../../../helpers/iptables-rules.ts';

/** The packet behind a rule without conditions, and what it decides; nothing: the next rule is met. */
function follow(words: string, asked: Packet = packet(), around: Surroundings = surroundings()) {
  let left = asked;
  let verdicts: readonly Verdict[] = [];
  for (const step of ruleOf(words, asked.family).steps) {
    if (step.kind === 'change') left = step.change(left, around);
    if (step.kind === 'decide') verdicts = step.decide(left, around);
  }
  return { left, verdicts };
}

describe('a target that ends or leads elsewhere', () => {
  test.each<[string, readonly Verdict[]]>([
    ['-j ACCEPT', [{ kind: 'accept' }]],
    ['-j DROP', [{ kind: 'drop' }]],
    ['-j RETURN', [{ kind: 'return' }]],
    ['-j CALLED', [{ kind: 'jump', chain: 'CALLED' }]],
    ['-g CALLED', [{ kind: 'goto', chain: 'CALLED' }]],
    ['-j REJECT --reject-with icmp-host-prohibited', [{ kind: 'reject', with: 'icmp-host-prohibited' }]],
    ['-p tcp -j REJECT --reject-with tcp-reset', [{ kind: 'reject', with: 'tcp-reset' }]],
    ['-j NFQUEUE --queue-num 3', [{ kind: 'queue', bypass: false }]],
    ['-j NFQUEUE --queue-balance 0:3 --queue-bypass', [{ kind: 'queue', bypass: true }]],
    ['-j SYNPROXY --mss 1460', [{ kind: 'unknown' }]],
    ['-j WHATEVER --else', [{ kind: 'unknown' }]],
    [
      '-p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
      [{ kind: 'drop' }, { kind: 'accept' }],
    ],
  ])('%s', (words, verdicts) => {
    expect(follow(words).verdicts).toEqual(verdicts);
  });
});

describe('a target after which the next rule is met', () => {
  test.each([
    '-m comment --comment "only counts"',
    '-j LOG --log-prefix "-j DROP "',
    '-j NFLOG --nflog-group 1',
    '-j TEE --gateway 10.0.0.9',
    '-p tcp -j TCPMSS --clamp-mss-to-pmtu',
    '-j CLASSIFY --set-class 0001:0001',
    '-j CHECKSUM --checksum-fill',
    '-j TRACE',
    '-j CT --zone 3',
    '-j SET --add-set seen src',
  ])('%s', (words) => {
    const { left, verdicts } = follow(words);
    expect([left, verdicts]).toEqual([packet(), []]);
  });
});

describe('a packet mark', () => {
  test.each<[string, Packet['mark'], Packet['mark']]>([
    ['--set-xmark 0x5/0xffffffff', 'unknown', 5],
    ['--set-xmark 0x1/0xff', 0xf0f, 0xf01],
    ['--set-xmark 0x3/0x1', 0x2, 0x1],
    ['--set-mark 0x3/0x1', 0x2, 0x3],
    ['--set-mark 0x3', 0xff, 0x3],
    ['--and-mark 0xf0', 0xff, 0xf0],
    ['--or-mark 0x80000000', 0x1, 0x80000001],
    ['--xor-mark 0xff', 0x0f, 0xf0],
    ['--set-xmark 0x1/0xff', 'unknown', 'unknown'],
    ['--set-xmark strange', 1, 'unknown'],
  ])('is changed by MARK %s from %s to %s', (words, before, after) => {
    expect(follow(`-j MARK ${words}`, packet({ mark: before })).left.mark).toBe(after);
  });

  test('is set on what a transparent proxy takes', () => {
    expect(follow('-j TPROXY --on-port 1 --tproxy-mark 0x1/0x1', packet({ mark: 4 })).left.mark).toBe(5);
  });

  test('is anybody’s guess after HMARK, and after a map of a set', () => {
    expect(follow('-j HMARK --hmark-tuple src --hmark-mod 2').left.mark).toBe('unknown');
    expect(follow('-j SET --map-set m src --map-mark').left.mark).toBe('unknown');
  });
});

describe('a connection mark', () => {
  const marked = (
    mark: Packet['mark'],
    connectionMark: Packet['mark'],
    state: Packet['connection']['state'] = 'new',
  ) => packet({ mark, connection: { mark: connectionMark, state } });

  test.each<[string, Packet, Packet['mark'], Packet['mark']]>([
    ['--set-xmark 0x7/0xffffffff', marked(1, 2), 1, 7],
    ['--save-mark --nfmask 0xffffffff --ctmask 0xffffffff', marked(1, 2), 1, 1],
    ['--save-mark --nfmask 0xff --ctmask 0xff', marked(0x101, 0x200), 0x101, 0x201],
    ['--restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', marked(1, 2), 2, 2],
    ['--restore-mark --mask 0xf', marked(0xf0, 0xff), 0xff, 0xff],
    ['--restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', marked(1, 'unknown'), 'unknown', 'unknown'],
    ['--save-mark --nfmask 0x1 --ctmask 0x1 --left-shift-mark 2', marked(1, 2), 1, 'unknown'],
    ['--set-xmark 0x7/0xffffffff', marked(1, 0, 'none'), 1, 0],
    ['--restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', marked(1, 2, 'untracked'), 1, 2],
    ['--restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', marked(1, 2, 'unknown'), 'unknown', 2],
  ])('CONNMARK %s', (words, asked, mark, connectionMark) => {
    const { left } = follow(`-j CONNMARK ${words}`, asked);
    expect([left.mark, left.connection.mark]).toEqual([mark, connectionMark]);
  });
});

describe('tracking', () => {
  test.each([
    ['-j CT --notrack', 'none', 'untracked'],
    ['-j NOTRACK', 'none', 'untracked'],
    ['-j CT --notrack', 'new', 'new'],
    ['-j CT --notrack', 'unknown', 'unknown'],
  ] as const)('%s makes of a packet that is %s one that is %s', (words, before, after) => {
    expect(follow(words, packet({ connection: { state: before } })).left.connection.state).toBe(after);
  });
});

describe('the header', () => {
  const full = packet({ ttl: 64, dscp: 1 });
  test.each<[string, Pick<Packet, 'ttl' | 'dscp'>]>([
    ['-j TTL --ttl-set 10', { ttl: 10, dscp: 1 }],
    ['-j TTL --ttl-inc 1', { ttl: 65, dscp: 1 }],
    ['-j TTL --ttl-dec 100', { ttl: 0, dscp: 1 }],
    ['-j HL --hl-set 255', { ttl: 255, dscp: 1 }],
    ['-j DSCP --set-dscp 0x2e', { ttl: 64, dscp: 46 }],
    ['-j TOS --set-tos 0x10/0xff', { ttl: 64, dscp: 4 }],
    ['-j TOS --set-tos 0x08/0x08', { ttl: 64, dscp: 3 }],
    ['-j DSCP --set-dscp-class EF', {}],
  ])('is written by %s', (words, { ttl, dscp }) => {
    const { left } = follow(words, full);
    expect([left.ttl, left.dscp]).toEqual([ttl, dscp]);
  });
});

describe('a translation', () => {
  const source = 'source';
  const destination = 'destination';
  const one = (address: string) => ({ first: address, last: address });
  test.each([
    ['-j SNAT --to-source 203.0.113.1', { manip: source, address: one('203.0.113.1') }],
    [
      '-j SNAT --to-source 203.0.113.1-203.0.113.9:1000-2000 --random-fully',
      {
        manip: source,
        address: { first: '203.0.113.1', last: '203.0.113.9' },
        port: { first: 1000, last: 2000 },
        random: true,
      },
    ],
    ['-j SNAT --to-source 203.0.113.1 --persistent', { manip: source, address: one('203.0.113.1') }],
    [
      '-j SNAT --to-source 203.0.113.1 --to-source 203.0.113.2',
      { manip: source, address: 'unknown', port: 'unknown' },
    ],
    ['-j SNAT --to-source strange', { manip: source, address: 'unknown' }],
    [
      '-p tcp -j DNAT --to-destination 172.17.0.2:80',
      {
        manip: destination,
        address: one('172.17.0.2'),
        port: { first: 80, last: 80 },
      },
    ],
    ['-p tcp -j DNAT --to-destination :8080', { manip: destination, port: { first: 8080, last: 8080 } }],
    ['-p tcp -j DNAT --to-destination :5000-5100/8000', { manip: destination, port: 'unknown' }],
    [
      '-j DNAT --to-destination [fd00::2]:80',
      {
        manip: destination,
        address: one('fd00::2'),
        port: { first: 80, last: 80 },
      },
    ],
    ['-j DNAT --to-destination fd00::2', { manip: destination, address: one('fd00::2') }],
    [
      '-j DNAT --to-destination [fd00::2-fd00::9]',
      {
        manip: destination,
        address: { first: 'fd00::2', last: 'fd00::9' },
      },
    ],
    ['-j MASQUERADE', { manip: source, address: 'own' }],
    [
      '-p tcp -j MASQUERADE --to-ports 1024-31000 --random',
      {
        manip: source,
        address: 'own',
        port: { first: 1024, last: 31000 },
        random: true,
      },
    ],
    [
      '-p tcp -j REDIRECT --to-ports 8080',
      {
        manip: destination,
        address: 'own',
        port: { first: 8080, last: 8080 },
      },
    ],
  ])('%s', (words, rewrite) => {
    expect(follow(words).verdicts).toEqual([{ kind: 'nat', rewrite }]);
  });

  test.each([
    ['prerouting', destination],
    ['output', destination],
    ['postrouting', source],
    ['input', source],
  ] as const)('NETMAP at %s is of the %s', (hook, manip) => {
    expect(follow('-j NETMAP --to 10.9.0.0/16', packet(), surroundings({ hook })).verdicts).toEqual([
      { kind: 'nat', rewrite: { manip, address: one('10.9.0.0'), netmapLength: 16 } },
    ]);
  });
});
