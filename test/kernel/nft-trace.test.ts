/** The kernel's own account of the rules that a packet matched, for nftables and iptables-nft. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenToTrace, type TraceEvent } from '../../probes/nft/trace.ts';
import { realSystem } from '../../src/system/real.ts';
import { encodeFrame } from '../helpers/agreement/frame.ts';
import { Random } from '../helpers/agreement/random.ts';
import { randomOpening } from '../helpers/agreement/random-packets.ts';
import { buildTown, TOWN_LINKS, type Town, type TownLink } from '../helpers/agreement/town.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

const rules = `table inet watch {
  chain pre { type filter hook prerouting priority -400; meta nftrace set 1; }
}
table ip t {
  chain way { type filter hook forward priority -1; policy accept;
    meta mark set 0x7
    udp dport 53 jump named
    udp dport 53 goto last
  }
  chain named { udp dport 54 accept; }
  chain last { counter; }
}`;
const legacyWords =
  'iptables-nft -A FORWARD -p udp --dport 53 -j LOG; iptables-nft -A FORWARD -p udp -j DROP';

let lab: Lab;
let town: Town;
beforeAll(async () => {
  lab = await createLab();
  town = await buildTown(lab, realSystem());
  await lab.ok(['ip', 'netns', 'exec', 'router', 'nft', '-f', '-'], { input: rules });
  await lab.ok(['ip', 'netns', 'exec', 'router', 'sh', '-euc', legacyWords]);
});
afterAll(async () => {
  town.close();
  await lab.dispose();
});

test('each rule of both worlds that a packet matches is told, in order, up to the one that drops it', async () => {
  const listener = listenToTrace(town.router);
  const link = TOWN_LINKS[0] as TownLink;
  const { packet } = randomOpening(new Random(1), 'ipv4', 99);
  const sent = {
    ...packet,
    source: '10.1.0.2',
    destination: '10.3.0.2',
    protocol: 17,
    destinationPort: 53,
    tcpFlags: 0,
  };
  town.wires.get(link.name)?.send(encodeFrame(sent, link.far.mac, link.mac));
  const events: TraceEvent[] = [];
  for await (const report of listener.reports()) {
    if (report.kind !== 'event' || (report.event.family !== 'inet' && report.event.family !== 'ip')) continue;
    events.push(report.event);
    if (report.event.verdict?.kind === 'drop') break;
  }
  listener.close();
  expect(
    events.map(
      ({ family, table, chain, kind, verdict, policy }) =>
        `${family} ${table} ${chain} ${kind} ${policy ?? verdict?.kind}`,
    ),
  ).toEqual([
    'inet watch pre rule continue',
    'inet watch pre return continue',
    'inet watch pre policy accept',
    'ip t way rule continue',
    'ip t way rule jump',
    'ip t named return continue',
    'ip t way rule goto',
    'ip t last rule continue',
    'ip t last return continue',
    'ip t way policy accept',
    'ip filter FORWARD rule continue',
    'ip filter FORWARD rule drop',
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  expect(events.at(-1)).toMatchObject({ mark: 7 });
  expect(events.find(({ table }) => table === 'filter')).toMatchObject({ inIfindex: 21, outIfindex: 23 });
});
