/**
 * What rules see of a packet into which rules before them have written, and of one that comes back in by the loopback:
 * each rule's counter must say what netpeek says of it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Namespace } from '../../src/model/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { evaluateHook, type HookResult } from '../../src/path/netfilter/evaluate-hook.ts';
import { firewallOf } from '../../src/path/netfilter/firewall.ts';
import { surroundingsOf } from '../../src/path/netfilter/surroundings-of.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { packet } from '../helpers/iptables-rules.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node } from '../helpers/paths.ts';

/** Met at OUTPUT one after the other by a datagram from port 40000 to port 5000 of 127.0.0.1. */
const WRITTEN = `
ip daddr 127.0.0.1
ip daddr set 127.0.0.9
ip daddr 127.0.0.9
ip daddr 127.0.0.1
ct original ip daddr 127.0.0.1
ct original ip daddr 127.0.0.9
udp dport set 99
udp dport 99
udp dport 5000
th sport set 40001
udp sport 40001
tcp dport set 7
ip daddr set ip saddr map { 127.0.0.1 : 127.0.0.8 }
ip daddr 127.0.0.8
ip saddr set ip saddr map { 127.0.0.2 : 127.0.0.3 }
ip saddr 127.0.0.1
ip6 daddr set ::1
ip dscp set af11
ip dscp af11
ip ttl set 9
ip ttl 9
ip daddr set 127.0.0.1
udp dport set 5000
ip saddr 127.0.0.0/8 ip daddr 127.0.0.1
`;
/** As it comes in by lo, before connection tracking would look. */
const LOOPED = `
ct state new
ct state invalid
ct state untracked
ct original ip daddr 127.0.0.1
ct direction original
`;
const lines = (text: string) => text.trim().split('\n');
const counting = (text: string) =>
  lines(text)
    .map((line) => `${line} counter`)
    .join('\n');

let lab: Lab;
let snapshot: Snapshot;
let host: Namespace;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok('ip link set lo up');
  await lab.ok(['nft', '-f', '-'], {
    input: `table inet t {
      chain sent {\n${counting(WRITTEN)}\n}
      chain looped {\n${counting(LOOPED)}\n}
      chain output { type filter hook output priority 0; meta l4proto udp jump sent; }
      chain prerouting { type filter hook prerouting priority -300; meta l4proto udp jump looped; }
    }\n`,
  });
  const send = `const s=require('dgram').createSocket('udp4');s.bind(40000,'127.0.0.1',()=>s.send('x',5000,'127.0.0.1',()=>s.close()))`;
  await lab.ok([node, '-e', send]);
  snapshot = parseSnapshot(JSON.parse((await lab.netpeek(['snapshot'])).stdout), 'it');
  const found = snapshot.namespaces.find(({ kind }) => kind === 'host');
  if (!found) throw new Error('the lab was not read');
  host = found;
});
afterAll(() => lab.dispose());

function evaluate(hook: 'output' | 'prerouting'): HookResult {
  const {
    inLink: _in,
    outLink: _out,
    ...sent
  } = packet({
    protocol: 17,
    source: '127.0.0.1',
    destination: '127.0.0.1',
    destinationPort: 5000,
    tcpFlags: 0,
    ttl: 64,
    dscp: 0,
    connection: {
      original: { source: '127.0.0.1', destination: '127.0.0.1', sourcePort: 40_000, destinationPort: 5000 },
    },
  });
  return evaluateHook({
    firewall: firewallOf(snapshot, host),
    family: 'ip',
    hook,
    packet: hook === 'output' ? { ...sent, outLink: 'lo', sender: {} } : { ...sent, inLink: 'lo' },
    around: surroundingsOf(host),
    ...(hook === 'prerouting' ? { settled: true } : {}),
  });
}

test.each([
  ['sent', 'output', WRITTEN],
  ['looped', 'prerouting', LOOPED],
] as const)('the rules of chain %s count what netpeek says of them', (name, hook, text) => {
  const chain = host.nftables?.find((table) => table.name === 't')?.chains.find((one) => one.name === name);
  const { met } = evaluate(hook);
  const said = (chain?.rules ?? []).map((rule) => ({
    rule: rule.text,
    claim: met.find((one) => one.chain === name && one.rule.number === rule.number)?.matched ?? 'no',
    truth: (rule.counters?.packets ?? 0) > 0 ? 'yes' : 'no',
  }));
  expect(said).toHaveLength(lines(text).length);
  expect(said.filter(({ claim, truth }) => claim !== truth)).toEqual([]);
});

test('nobody follows a packet into which a rule has written', () => {
  expect(evaluate('output')).toMatchObject({ verdict: 'accept', lost: true });
});
