/**
 * Conditions of iptables that a packet cannot answer: it has no connection, no port, no link, no socket. What the kernel
 * makes of them is counted, in both flavours, and compared with what the model says.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSave } from '../../probes/iptables/parse-save.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { evaluateChain } from '../../src/path/netfilter/evaluate-chain.ts';
import type { HookName } from '../../src/path/netfilter/program.ts';
import { basesOf, ping, surroundings } from '../helpers/iptables-rules.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

/** Conditions asked of an echo request at OUTPUT, before connection tracking. */
const SENT = [
  '! -i eth0',
  '-i eth0',
  '-m connmark ! --mark 0x7',
  '-m connmark --mark 0x0',
  '-m conntrack ! --ctproto 17',
  '-m conntrack --ctproto 1',
  '-m conntrack --ctstate INVALID',
  '-m conntrack --ctstate INVALID --ctproto 17',
  '-m conntrack ! --ctstate NEW',
  '-m conntrack --ctstate UNTRACKED',
  '-m conntrack ! --ctorigdst 10.9.9.9',
  '-m state --state INVALID',
  '-m physdev ! --physdev-in eth0',
  '-m helper ! --helper ftp',
  '-m helper --helper ftp',
  '-m addrtype --dst-type UNICAST',
  '-m addrtype --dst-type LOCAL',
  '-m addrtype --src-type UNICAST,LOCAL',
  '-m pkttype --pkt-type unicast',
  '-m set --match-set nets src',
  '-m set ! --match-set nets src',
  '-m set --match-set nets src --return-nomatch',
  '-m set --match-set web dst',
  '-m set ! --match-set web dst',
  '-m set --match-set web dst,dst',
  '-m set --match-set ports dst',
  '-m set --match-set list src',
  '-m set ! --match-set links src,src',
  '! -f',
  '-s 127.0.0.1/255.0.0.255',
  '-p icmp -m icmp --icmp-type 8/1',
  '-p icmp -m icmp ! --icmp-type any',
];
/** The same packet as it comes in by the loopback, behind connection tracking. */
const COME = [
  '-m conntrack --ctstatus CONFIRMED',
  '-m conntrack --ctstatus NONE',
  '-m conntrack ! --ctstatus NONE',
  '-m conntrack --ctstatus ASSURED,SEEN_REPLY',
  '-m conntrack --ctdir ORIGINAL --ctorigdst 127.0.0.1',
  '-m conntrack --ctreplsrc 127.0.0.1 --ctstate NEW',
  '-m connmark ! --mark 0x7',
  '! -o eth0',
  '-o eth0',
  '-i l+',
  '-m mac ! --mac-source 02:00:00:00:00:01',
  '-m mac --mac-source 02:00:00:00:00:01',
  '-m socket',
];

const FLAVOURS = ['iptables-nft', 'iptables-legacy'] as const;

const chain = (tool: string, table: string, base: string, rules: readonly string[]) => `
  ${tool} -t ${table} -N ASKED
  ${tool} -t ${table} -A ${base} -p icmp -m icmp --icmp-type 8 -j ASKED
  ${rules.map((rule) => `${tool} -t ${table} -A ASKED ${rule}`).join('\n  ')}`;

describe('what a packet lacks', () => {
  let lab: Lab;
  let snapshot: Snapshot;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      ip link set lo up
      ipset create nets hash:net; ipset add nets 127.0.0.0/8; ipset add nets 127.0.0.0/16 nomatch
      ipset create web hash:ip,port; ipset add web 127.0.0.1,icmp:8/0
      ipset create ports bitmap:port range 0-100; ipset add ports 0
      ipset create plain hash:ip; ipset add plain 127.0.0.1
      ipset create list list:set; ipset add list plain
      ipset create links hash:net,iface; ipset add links 127.0.0.0/8,lo
      ${FLAVOURS.map((tool) => chain(tool, 'raw', 'OUTPUT', SENT) + chain(tool, 'mangle', 'INPUT', COME)).join('\n')}
      ping -c1 -W5 127.0.0.1`);
    snapshot = await lab.netpeekJson<Snapshot>(['snapshot']);
  });
  afterAll(() => lab.dispose());

  test.each(
    FLAVOURS.flatMap((tool) => [
      [tool, 'raw', 'OUTPUT', 'output', SENT.length] as const,
      [tool, 'mangle', 'INPUT', 'input', COME.length] as const,
    ]),
  )('decides as %s counts, in table %s at %s', async (tool, table, base, hook: HookName, length) => {
    const saved = parseSave(await lab.ok([`${tool}-save`, '-c', '-t', table]), {
      family: 'ipv4',
      flavour: 'nft',
    });
    const counted = saved.tables[0]?.chains.find(({ name }) => name === 'ASKED')?.rules ?? [];
    const sets = snapshot.namespaces.find(({ kind }) => kind === 'host')?.ipsets ?? [];
    const { outLink: _out, inLink: _in, ...echo } = ping({ source: '127.0.0.1', destination: '127.0.0.1' });
    const asked =
      hook === 'output'
        ? { ...echo, outLink: 'lo', sender: {}, connection: { ...echo.connection, state: 'none' as const } }
        : { ...echo, inLink: 'lo', sender: {} };
    const program = basesOf(saved).find(({ name }) => name === base);
    if (!program) throw new Error('no such chain');
    const around = surroundings({ sets, hook, addressType: () => 'local' });
    const { met } = evaluateChain(program, asked, around);
    const said = counted.map(({ number, text, counters }) => {
      const found = met.find((one) => one.chain === 'ASKED' && one.rule.number === number);
      return { text, claim: found?.matched ?? 'no', truth: counters.packets > 0 ? 'yes' : 'no' };
    });
    expect(said).toHaveLength(length);
    expect(said.filter(({ claim, truth }) => claim !== 'unknown' && claim !== truth)).toEqual([]);
    expect(said.filter(({ claim }) => claim === 'unknown').map(({ text }) => text)).toEqual(
      hook === 'input' ? ['-A ASKED -m conntrack --ctstatus CONFIRMED'] : [],
    );
  });
});
