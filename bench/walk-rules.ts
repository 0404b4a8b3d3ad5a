/**
 * Evaluates one flow over rules that are given on standard input, `iptables` as iptables-save prints them or `nft` as `nft
 * -j` does, and prints milliseconds of CPU: of reading them, of the first walk and of the second. A process of its own for
 * each: the first walk is what a command does.
 */
import { readFileSync } from 'node:fs';
import { parseSave } from '../probes/iptables/parse-save.ts';
import { parseTable } from '../probes/nft/parse-table.ts';
import type { Namespace } from '../src/model/namespace.ts';
import { evaluateHook } from '../src/path/netfilter/evaluate-hook.ts';
import { firewallOf } from '../src/path/netfilter/firewall.ts';
import { surroundingsOf } from '../src/path/netfilter/surroundings-of.ts';
import { packet } from '../test/helpers/iptables-rules.ts';
import { namespace, snapshot } from '../test/helpers/made-up.ts';

const [world = 'iptables', repeats = '1'] = process.argv.slice(2);
const text = readFileSync(0, 'utf8');
const reading = timed(read);
const walks = [walk(reading.value), ...Array.from({ length: Number(repeats) }, () => walk(reading.value))];
process.stdout.write(
  `${JSON.stringify({ readMs: reading.ms, walksMs: walks, heap: process.memoryUsage().rss })}\n`,
);

function read(): Namespace {
  if (world === 'iptables')
    return namespace({
      rulesets: [
        parseSave(text, { family: 'ipv4', flavour: 'nft' }),
        { family: 'ipv4', flavour: 'legacy', tables: [], unparsed: [] },
      ],
      nftables: [],
    });
  const table = { family: 'inet', name: 'many', flags: [], devices: new Map() } as const;
  const none = (flavour: 'nft' | 'legacy') =>
    ({ family: 'ipv4', flavour, tables: [], unparsed: [] }) as const;
  return namespace({ nftables: [parseTable(text, '', table)], rulesets: [none('nft'), none('legacy')] });
}

function walk(one: Namespace): number {
  const { ms, value } = timed(() =>
    evaluateHook({
      firewall: firewallOf(snapshot({ namespaces: [one] }), one),
      family: 'ip',
      hook: 'forward',
      packet: packet(),
      around: surroundingsOf(one),
    }),
  );
  if (value.verdict !== 'drop') throw new Error(`the packet should be dropped: ${JSON.stringify(value)}`);
  return ms;
}

function timed<T>(act: () => T): { readonly ms: number; readonly value: T } {
  const before = process.threadCpuUsage();
  const value = act();
  const { user, system } = process.threadCpuUsage(before);
  return { ms: (user + system) / 1000, value };
}
