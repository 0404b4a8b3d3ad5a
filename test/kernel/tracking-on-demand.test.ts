/** A translating chain drops what it is told to only where some rule has connections tracked: tried with counters. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evaluateHook } from '../../src/path/netfilter/evaluate-hook.ts';
import { firewallOf } from '../../src/path/netfilter/firewall.ts';
import { surroundingsOf } from '../../src/path/netfilter/surroundings-of.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { ping } from '../helpers/iptables-rules.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await createLab();
  await lab.ok('ip link set lo up');
});
afterEach(() => lab.dispose());

const DROP =
  'table ip t { chain o { type nat hook output priority -100; ip daddr 127.0.0.1 counter drop; }; }';
/** Another chain, that no echo request meets. */
const beside = (family: string, rule: string) =>
  `table ${family} beside { chain c { type filter hook input priority 0; meta mark 7 ${rule}; }; }`;

test.each([
  ['nothing', '', 'accept', 'unknown'],
  ['a rule about connections', beside('ip', 'ct state new'), 'drop', 'drop'],
  ['one that sets their mark', beside('ip', 'ct mark set 1'), 'drop', 'drop'],
  ['one of both families', beside('inet', 'ct state new'), 'drop', 'drop'],
  ['one of the other family', beside('ip6', 'ct state new'), 'accept', 'unknown'],
  ['one that takes packets away from it', beside('ip', 'notrack'), 'accept', 'unknown'],
  [
    'a translation that no packet meets',
    'table ip beside { chain c { type nat hook postrouting priority 100; ip daddr 192.0.2.1 masquerade; }; }',
    'drop',
    'drop',
  ],
] as const)('with %s beside it', async (_, rules, truth, claim) => {
  await lab.ok(['nft', '-f', '-'], { input: `${DROP}\n${rules}\n` });
  const { exitCode } = await lab.run(['ping', '-c1', '-W1', '127.0.0.1']);
  expect(exitCode === 0 ? 'accept' : 'drop').toBe(truth);
  const snapshot = parseSnapshot(JSON.parse((await lab.netpeek(['snapshot'])).stdout), 'it');
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  if (!host) throw new Error('the lab was not read');
  const { inLink: _in, ...echo } = ping({ source: '127.0.0.1', destination: '127.0.0.1', outLink: 'lo' });
  const { verdict } = evaluateHook({
    firewall: firewallOf(snapshot, host),
    family: 'ip',
    hook: 'output',
    packet: { ...echo, sender: {} },
    around: surroundingsOf(host),
  });
  expect(verdict).toBe(claim);
});
