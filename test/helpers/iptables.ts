/** The nat table as iptables itself tells it: `-S` for the rules, the save command for the counters. */
import type { Ask } from './iproute2.ts';

export type Listed = {
  /** The lines of `-S`. */
  readonly listed: readonly string[];
  /** Rules with their counters in front, as `-c` puts them. */
  readonly counted: readonly string[];
  /** `:CHAIN POLICY [packets:bytes]`, of built-in chains. */
  readonly policies: readonly string[];
};

/** `tool` is `iptables`, `iptables-legacy`, `ip6tables-nft`, …; it runs where `ask` runs it. */
export async function readIptables(ask: Ask, tool: string): Promise<Listed> {
  const save = `${tool}-save`;
  const saved = (await ask([save, '-c', '-t', 'nat'])).split('\n');
  return {
    listed: (await ask([tool, '-t', 'nat', '-S'])).split('\n').filter(Boolean),
    counted: saved.filter((line) => line.startsWith('[')),
    policies: saved.filter((line) => line.startsWith(':') && !line.includes(' - ')),
  };
}
