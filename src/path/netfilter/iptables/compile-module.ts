/** The conditions of one module (`-m conntrack …`) as tests. A module, or an option, that nobody knows here is unknown. */
import type { Match } from '../../../model/firewall.ts';
import { always, negatedIf, unknowable } from '../conditions/logic.ts';
import type { Test } from '../program.ts';
import { addressType } from './matches/address-type.ts';
import { basic } from './matches/basic.ts';
import { conntrack } from './matches/conntrack.ts';
import { header } from './matches/header.ts';
import { connectionMark, packetMark } from './matches/marks.ts';
import { owner } from './matches/owner.ts';
import { physdev } from './matches/physdev.ts';
import { rpfilter } from './matches/rpfilter.ts';
import { setMatch } from './matches/set.ts';
import { icmp, multiport, tcp, udp } from './matches/transport.ts';
import { helper, macSource, packetType, recent, socketLookup } from './matches/various.ts';

export type ModuleContext = {
  /** The rule may hold several instances of the module. */
  readonly repeated: boolean;
  readonly changedSets: ReadonlySet<string>;
};

/** A test of one option, without its negation; undefined for an option it does not know. */
export type OptionTest = (match: Match) => Test | undefined;

/** A test of all options of a module together; each option's negation is its business. */
export type ModuleTest = (options: readonly Match[], context: ModuleContext) => Test;

const BY_OPTION: ReadonlyMap<string, OptionTest> = new Map<string, OptionTest>([
  ['', basic],
  ['tcp', tcp],
  ['udp', udp],
  ['icmp', icmp],
  ['icmp6', icmp],
  ['multiport', multiport],
  ['comment', () => always],
  ['mark', packetMark],
  ['iprange', header],
  ['length', header],
  ['ttl', header],
  ['hl', header],
  ['dscp', header],
  ['tos', header],
  ['pkttype', packetType],
  ['helper', helper],
]);

const WHOLE: ReadonlyMap<string, ModuleTest> = new Map<string, ModuleTest>([
  ['conntrack', conntrack],
  ['state', conntrack],
  ['connmark', connectionMark],
  ['addrtype', addressType],
  ['physdev', physdev],
  ['owner', owner],
  ['set', setMatch],
  ['mac', macSource],
  ['recent', recent],
  ['rpfilter', rpfilter],
  ['socket', socketLookup],
]);

/** Whether the options of the module are one question. */
export function isWhole(module: string): boolean {
  return WHOLE.has(module);
}

/** All options of such a module. */
export function compileWhole(module: string, options: readonly Match[], context: ModuleContext): Test {
  return WHOLE.get(module)?.(options, context) ?? unknowable;
}

/** One option of another module; built-in conditions have the module ''. */
export function compileOption(module: string, match: Match): Test {
  const test = BY_OPTION.get(module)?.(match) ?? unknowable;
  return negatedIf(match.negated, test);
}
