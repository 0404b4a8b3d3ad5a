/** The conditions of one module (`-m conntrack …`) as tests. A module, or an option, that nobody knows here is unknown. */
import type { Match } from '../../../model/firewall.ts';
import { always, negatedIf, never, unknowable } from '../conditions/logic.ts';
import type { Test } from '../program.ts';
import { addressType } from './matches/address-type.ts';
import { basic } from './matches/basic.ts';
import { conntrack } from './matches/conntrack.ts';
import { header } from './matches/header.ts';
import { connectionMark, packetMark } from './matches/marks.ts';
import { owner } from './matches/owner.ts';
import { physdev } from './matches/physdev.ts';
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
  ['socket', socketLookup],
]);

/** At least one test for each group of options. */
export function compileModule(
  module: string,
  options: readonly Match[],
  context: ModuleContext,
): readonly Test[] {
  const whole = WHOLE.get(module);
  if (whole) return [whole(options, context)];
  const byOption = BY_OPTION.get(module);
  if (!byOption) return [unknowable];
  return options.map((match) => {
    // A module without options (`-m tcp`) holds as the protocol does.
    const test = byOption(match) ?? unknowable;
    if (match.negated && (test === always || test === never)) return test === always ? never : always;
    return negatedIf(match.negated, test);
  });
}
