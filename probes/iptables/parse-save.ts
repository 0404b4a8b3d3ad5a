/**
 * The output of iptables-save (iptables-save(8)) as a ruleset. A line is a comment, a table, a chain, a rule or
 * COMMIT; what is none of these, or has no place, is kept in `unparsed`.
 */
import { cleanText } from '../../src/model/clean-text.ts';
import type { Chain, Counters, Rule, Ruleset, Table } from '../../src/model/firewall.ts';
import { parseRule } from './parse-rule.ts';
import { splitLines } from './words.ts';

type OpenChain = Omit<Chain, 'rules'> & { readonly rules: Rule[] };
type OpenTable = { readonly name: string; readonly chains: Map<string, OpenChain> };

const TABLE = /^\*(\S+)$/;
const CHAIN = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?$/;
/** What iptables-nft-save prints instead of a table, or of chains, that were made by other means. */
const HIDDEN = /^# Table `(.*)' .*(?:incompatible|use 'nft' tool)/;

/** The ruleset; never throws. */
export function parseSave(text: string, kind: Pick<Ruleset, 'family' | 'flavour'>): Ruleset {
  const tables: OpenTable[] = [];
  const unparsed: string[] = [];
  let table: OpenTable | undefined;
  for (const line of splitLines(text)) {
    if (line === '' || (line.startsWith('#') && !HIDDEN.test(line))) continue;
    if (line === 'COMMIT' && table) {
      table = undefined;
      continue;
    }
    const tableName = TABLE.exec(line)?.[1];
    if (tableName !== undefined) {
      table = { name: cleanText(tableName), chains: new Map() };
      tables.push(table);
    } else if (!table || !(addChain(table, line) || addRule(table, line))) {
      unparsed.push(cleanText(line));
    }
  }
  return { ...kind, tables: tables.map(closeTable), unparsed };
}

/** A table that holds what iptables cannot print, and the line that says so. */
export type HiddenTable = { readonly family: 'ip' | 'ip6'; readonly name: string; readonly line: string };

/** The tables of iptables-nft that only nft can print whole. */
export function hiddenTables(ruleset: Pick<Ruleset, 'family' | 'unparsed'>): readonly HiddenTable[] {
  const family = ruleset.family === 'ipv4' ? 'ip' : 'ip6';
  return ruleset.unparsed.flatMap((line) => {
    const [, name] = HIDDEN.exec(line) ?? [];
    return name === undefined ? [] : [{ family, name, line }];
  });
}

function addChain(table: OpenTable, line: string): boolean {
  const [, name, policy, packets = '0', bytes = '0'] = CHAIN.exec(line) ?? [];
  if (name === undefined || policy === undefined) return false;
  const clean = cleanText(name);
  if (table.chains.has(clean)) return false;
  const counters: Counters = { packets: Number(packets), bytes: Number(bytes) };
  table.chains.set(clean, {
    name: clean,
    ...(policy === '-' ? {} : { policy: cleanText(policy) }),
    counters,
    rules: [],
  });
  return true;
}

function addRule(table: OpenTable, line: string): boolean {
  const parsed = parseRule(line);
  const chain = parsed && table.chains.get(parsed.chain);
  if (!parsed || !chain) return false;
  chain.rules.push({ number: chain.rules.length + 1, ...parsed.rule });
  return true;
}

function closeTable({ name, chains }: OpenTable): Table {
  return { name, chains: [...chains.values()] };
}
