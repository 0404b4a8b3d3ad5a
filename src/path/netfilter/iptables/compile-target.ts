/** What a rule's target does: an end, a jump, a translation, a change, or nothing that matters here. */
import type { Rule } from '../../../model/firewall.ts';
import type { Step, Verdict } from '../program.ts';
import { changeHeader, changePrefix } from './targets/header.ts';
import { changeConnectionMark, changeMark, diverted } from './targets/marks.ts';
import { destinationNat, masquerade, netmap, redirect, sourceNat } from './targets/nat.ts';
import { stopTracking } from './targets/tracking.ts';

/** The steps of a target with these options. */
export type Target = (options: Rule['targetOptions']) => readonly Step[];

/** Targets after which the next rule is met, and that change nothing a rule or the packet's way depends on. */
const PASSING: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'ECN',
  'IDLETIMER',
  'LED',
  'LOG',
  'NFLOG',
  'RATEEST',
  'SECMARK',
  'TCPMSS',
  'TCPOPTSTRIP',
  'TEE',
  'TRACE',
  'ULOG',
]);

const NOTHING: readonly Step[] = [];
const ACCEPT = decide({ kind: 'accept' });
const DROP = decide({ kind: 'drop' });
const RETURN = decide({ kind: 'return' });
const UNKNOWN = decide({ kind: 'unknown' });

const TARGETS: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['ACCEPT', () => ACCEPT],
  ['DROP', () => DROP],
  ['RETURN', () => RETURN],
  ['REJECT', (options) => decide({ kind: 'reject', with: rejectWith(options) })],
  ['NFQUEUE', (options) => decide({ kind: 'queue', bypass: has(options, 'queue-bypass') })],
  ['QUEUE', () => decide({ kind: 'queue', bypass: false })],
  ['SNAT', sourceNat],
  ['DNAT', destinationNat],
  ['MASQUERADE', masquerade],
  ['REDIRECT', redirect],
  ['NETMAP', netmap],
  ['MARK', changeMark],
  ['HMARK', () => unknownMark],
  ['CONNMARK', changeConnectionMark],
  // Adds to a set or deletes from it; only with a map does it change the packet.
  ['SET', (options) => (has(options, 'map-set') ? unknownMark : NOTHING)],
  ['TPROXY', diverted],
  ['CT', (options) => (has(options, 'notrack') ? stopTracking : NOTHING)],
  ['NOTRACK', () => stopTracking],
  ['TTL', changeHeader],
  ['HL', changeHeader],
  ['DSCP', changeHeader],
  ['TOS', changeHeader],
  ['SNPT', changePrefix('source')],
  ['DNPT', changePrefix('destination')],
]);

const unknownMark: readonly Step[] = [
  { kind: 'change', change: (packet) => ({ ...packet, mark: 'unknown' }) },
];

/** The chains of a table, and the steps that lead to each. */
export type Calls = ReadonlyMap<string, Readonly<Record<Rule['jump'], readonly Step[]>>>;

export function callsOf(names: readonly string[]): Calls {
  const steps = (kind: Rule['jump'], chain: string) => decide({ kind, chain });
  return new Map(names.map((name) => [name, { jump: steps('jump', name), goto: steps('goto', name) }]));
}

/** No steps for a rule that only counts. */
export function compileTarget({ target, jump, targetOptions }: Rule, chains: Calls): readonly Step[] {
  if (target === undefined) return NOTHING;
  const call = chains.get(target);
  if (call) return call[jump];
  return PASSING.has(target) ? NOTHING : (TARGETS.get(target)?.(targetOptions) ?? UNKNOWN);
}

function decide(verdict: Verdict): readonly Step[] {
  const verdicts = [verdict];
  return [{ kind: 'decide', decide: () => verdicts }];
}

function has(options: Rule['targetOptions'], name: string): boolean {
  return options.some(({ option }) => option === name);
}

function rejectWith(options: Rule['targetOptions']): string {
  const [kind] = options.find(({ option }) => option === 'reject-with')?.values ?? [];
  // iptables-save always prints it; this is what the tool fills in.
  return kind ?? 'icmp-port-unreachable';
}
