/** iptables rules in a snapshot file. */
import type { Chain, Counters, Match, Rule, Ruleset, Table } from '../../../model/firewall.ts';
import { flag, list, number, object, oneOf, optional, text } from '../decode.ts';

const texts = list(text);
const family = oneOf('ipv4', 'ipv6');

export const counters = object<Counters>({ packets: number, bytes: number });
const matches = list(object<Match>({ option: text, values: texts, negated: flag, module: optional(text) }));
const rule = object<Rule>({
  number,
  matches,
  target: optional(text),
  jump: oneOf('jump', 'goto'),
  targetOptions: matches,
  counters,
  text,
});
const chain = object<Chain>({ name: text, policy: optional(text), counters, rules: list(rule) });
export const ruleset = object<Ruleset>({
  family,
  flavour: oneOf('nft', 'legacy'),
  tables: list(object<Table>({ name: text, chains: list(chain) })),
  unparsed: texts,
});
