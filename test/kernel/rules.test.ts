/** Policy rules, rule for rule against `ip rule` in the same namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyRule } from '../../src/model/policy-rule.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

type Document = { readonly rules: readonly PolicyRule[] };

const build = `
  ip netns add bare
  ip netns add r
  ip netns add emptied
  ip -n r link add name left type veth peer name right
  ip -n r rule add priority 5 from 10.0.0.0/8 to 10.1.0.0/16 iif left oif right fwmark 1/0xff tos 0x10 table 100
  ip -n r rule add priority 6 sport 100 dport 5-6 ipproto tcp prohibit
  ip -n r rule add priority 7 goto 9
  ip -n r rule add priority 8 lookup main suppress_prefixlength 0 suppress_ifgroup 3
  ip -n r rule add priority 9 lookup default
  ip -n r rule add priority 10 not from 192.0.2.4 uidrange 1000-1999 lookup 70000
  ip -n r rule add priority 11 iif gone unreachable
  ip -n r rule add priority 12 nop
  ip -n r rule add priority 13 from 0.0.0.0/1 lookup 5
  ip -n r rule add priority 14 tun_id 5 lookup 5
  ip -n r rule add priority 15 goto 4000
  ip -n r rule add priority 16 fwmark 0xffffffff lookup main
  ip -n r rule add priority 1000 l3mdev
  ip -n r -6 rule add priority 9 blackhole
  ip -n r -6 rule add priority 10 from fd00::/8 to fd00::7 fwmark 7 lookup 70000 protocol static
  ip -n r -6 rule add priority 11 ipproto udp dport 53 lookup 53
  ip -n emptied rule flush
  ip -n emptied -6 rule flush
  ip -n emptied rule del priority 0
  ip -n emptied -6 rule del priority 0`;

/** As `ip -j -d rule` prints one; a condition without a value is there as null. */
type IpRule = {
  readonly priority: number;
  readonly src: string;
  readonly srclen?: number;
  readonly dst?: string;
  readonly dstlen?: number;
  readonly tos?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
  readonly iif?: string;
  readonly oif?: string;
  readonly table?: string;
  readonly action?: string;
  readonly goto?: number;
  readonly ipproto?: string;
  readonly sport?: number;
  readonly sport_start?: number;
  readonly sport_end?: number;
  readonly dport?: number;
  readonly dport_start?: number;
  readonly dport_end?: number;
  readonly uid_start?: number;
  readonly uid_end?: number;
  readonly tun_id?: number;
  readonly suppress_prefixlen?: number;
  readonly suppress_ifgroup?: string;
  readonly protocol: string;
};

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/** An `ip` rule in netpeek's words. */
function inOurWords(rule: IpRule, family: 'ipv4' | 'ipv6'): object {
  const whole = family === 'ipv4' ? 32 : 128;
  const prefix = (address: string | undefined, length = whole) =>
    address === undefined || address === 'all' ? undefined : `${address}/${length}`;
  const range = (one: number | undefined, first = one, last = one) =>
    first === undefined || last === undefined ? undefined : { first, last };
  const action = 'goto' in rule ? 'goto' : 'nop' in rule ? 'nop' : (rule.action ?? 'lookup');
  const told = {
    family,
    priority: rule.priority,
    action,
    table: rule.table,
    goto: rule.goto,
    gotoUnresolved: 'unresolved' in rule ? true : undefined,
    not: 'not' in rule,
    from: prefix(rule.src, rule.srclen),
    to: prefix(rule.dst, rule.dstlen),
    tos: rule.tos === undefined ? undefined : Number(rule.tos),
    fwmark: rule.fwmark === undefined ? undefined : Number(rule.fwmark),
    // ip leaves a whole mask out.
    fwmask: rule.fwmark === undefined ? undefined : Number(rule.fwmask ?? '0xffffffff'),
    iif: rule.iif,
    oif: rule.oif,
    iifDetached: 'iif_detached' in rule ? true : undefined,
    oifDetached: 'oif_detached' in rule ? true : undefined,
    l3mdev: 'l3mdev' in rule ? true : undefined,
    uids: range(undefined, rule.uid_start, rule.uid_end),
    ipProtocol: rule.ipproto === undefined ? undefined : PROTOCOLS[rule.ipproto],
    sourcePorts: range(rule.sport, rule.sport_start, rule.sport_end),
    destinationPorts: range(rule.dport, rule.dport_start, rule.dport_end),
    tunnelId: rule.tun_id === undefined ? undefined : String(rule.tun_id),
    suppressPrefixLength: rule.suppress_prefixlen,
    suppressLinkGroup: rule.suppress_ifgroup === undefined ? undefined : Number(rule.suppress_ifgroup),
    protocol: rule.protocol === 'unspec' ? undefined : rule.protocol,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

describe('the policy rules', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  const show = async (target: string) => (await lab.netpeekJson<Document>(['show', target, 'rules'])).rules;
  const askIp = async (target: string) => {
    const read = async (family: 'ipv4' | 'ipv6') => {
      const option = family === 'ipv4' ? '-4' : '-6';
      const text = await lab.ok(['ip', '-n', target, '-j', '-d', option, 'rule']);
      return (JSON.parse(text || '[]') as readonly IpRule[]).map((rule) => inOurWords(rule, family));
    };
    return [...(await read('ipv4')), ...(await read('ipv6'))];
  };

  test.each(['bare', 'r', 'emptied'])('of %s are those that ip shows, in the same order', async (target) => {
    expect(await show(target)).toEqual(await askIp(target));
  });

  test('of a namespace that nobody touched are the kernel’s five', async () => {
    expect((await show('bare')).map(({ family, priority, table }) => [family, priority, table])).toEqual([
      ['ipv4', 0, 'local'],
      ['ipv4', 32766, 'main'],
      ['ipv4', 32767, 'default'],
      ['ipv6', 0, 'local'],
      ['ipv6', 32766, 'main'],
    ]);
  });

  test('that were all deleted are none, and that is said', async () => {
    expect(await show('emptied')).toEqual([]);
    const { stdout } = await lab.netpeek(['show', 'emptied', 'rules']);
    expect(stdout).toContain('no policy rules');
  });

  test('say which of them can do nothing', async () => {
    const rules = await show('r');
    expect(rules.filter(({ gotoUnresolved }) => gotoUnresolved).map(({ goto }) => goto)).toEqual([4000]);
    expect(rules.filter(({ iifDetached }) => iifDetached).map(({ iif }) => iif)).toEqual(['gone']);
  });

  test('read like those of ip', async () => {
    const { stdout } = await lab.netpeek(['show', 'r', 'rules']);
    expect(stdout).toMatch(
      /^ +5 +ipv4 +from 10\.0\.0\.0\/8 to 10\.1\.0\.0\/16 tos 0x10 fwmark 0x1\/0xff iif left oif right +lookup 100/m,
    );
    expect(stdout).toMatch(/^ +10 +ipv4 +not from 192\.0\.2\.4\/32 uid 1000-1999 +lookup 70000/m);
    expect(stdout).toMatch(/^ +11 +ipv4 +iif gone \(no such link\) +unreachable/m);
  });
});
