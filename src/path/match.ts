/**
 * Whether one condition of an iptables rule holds for a packet (iptables(8), iptables-extensions(8)). A condition
 * without an entry here is unknown: it neither holds nor fails.
 */
import type { Match } from '../model/firewall.ts';
import { evaluateAddressType, evaluateFlags, evaluateIcmpType, evaluateState } from './match-kinds.ts';
import { evaluateMultiport, evaluatePort } from './match-ports.ts';
import type { Packet } from './packet.ts';
import { contains, isBetween } from './prefix.ts';
import { negate, type Ternary, ternary } from './ternary.ts';

/** What the whole ruleset says about things a single rule cannot know. */
export type MatchContext = {
  /** No rule sets packet or connection marks, so a packet that came through a veth carries mark 0 (skb_scrub_packet). */
  readonly marksAreZero: boolean;
  /** No rule takes packets away from connection tracking. */
  readonly allTracked: boolean;
};

type Evaluator = (values: readonly string[], packet: Packet, context: MatchContext) => Ternary;

const PROTOCOLS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
};

const isTcp: Evaluator = (_, packet) => ternary(packet.protocol === 'tcp');
const isUdp: Evaluator = (_, packet) => ternary(packet.protocol === 'udp');
const isIcmp: Evaluator = (_, packet) => ternary(packet.protocol === 'icmp');
const sourcePort: Evaluator = ([range], packet) => evaluatePort(range, packet.sourcePort);
const destinationPort: Evaluator = ([range], packet) => evaluatePort(range, packet.destinationPort);
const state: Evaluator = ([states = ''], packet, { allTracked }) =>
  allTracked ? evaluateState(states, packet.state) : 'unknown';
const mark: Evaluator = ([value = ''], _, { marksAreZero }) =>
  marksAreZero ? evaluateZeroMark(value) : 'unknown';

/** Keys are `module:option`, with no module for the built-in conditions. */
const EVALUATORS: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  [':source', ([prefix = ''], packet) => known(contains(prefix, packet.source))],
  [':destination', ([prefix = ''], packet) => known(contains(prefix, packet.destination))],
  [':in-interface', ([name = ''], packet) => evaluateLink(name, packet.inLink)],
  [':out-interface', ([name = ''], packet) => evaluateLink(name, packet.outLink)],
  [':protocol', ([name = ''], packet) => evaluateProtocol(name, packet)],
  // A first packet and its answer are small: neither is the second part of a fragmented one.
  [':fragment', () => 'no'],
  ['tcp:tcp', isTcp],
  ['tcp:sport', sourcePort],
  ['tcp:dport', destinationPort],
  ['tcp:tcp-flags', (values, packet) => evaluateFlags(values, packet.tcpFlags)],
  ['udp:udp', isUdp],
  ['udp:sport', sourcePort],
  ['udp:dport', destinationPort],
  ['icmp:icmp', isIcmp],
  ['icmp:icmp-type', ([type = ''], packet) => evaluateIcmpType(type, packet.icmpType)],
  ['icmp6:icmp6', isIcmp],
  ['icmp6:icmpv6-type', ([type = ''], packet) => evaluateIcmpType(type, packet.icmpType)],
  ['multiport:sports', ([list = ''], packet) => evaluateMultiport(list, [packet.sourcePort])],
  ['multiport:dports', ([list = ''], packet) => evaluateMultiport(list, [packet.destinationPort])],
  [
    'multiport:ports',
    ([list = ''], packet) => evaluateMultiport(list, [packet.sourcePort, packet.destinationPort]),
  ],
  ['conntrack:ctstate', state],
  ['state:state', state],
  ['addrtype:src-type', ([types = ''], packet) => evaluateAddressType(types, packet.sourceIsLocal)],
  ['addrtype:dst-type', ([types = ''], packet) => evaluateAddressType(types, packet.destinationIsLocal)],
  ['comment:comment', () => 'yes'],
  ['mark:mark', mark],
  ['connmark:mark', mark],
  ['iprange:src-range', ([range = ''], packet) => evaluateRange(range, packet.source)],
  ['iprange:dst-range', ([range = ''], packet) => evaluateRange(range, packet.destination)],
  // A packet that is routed has not been bridged at this hook, whatever port it came in by (xt_physdev.c).
  ['physdev:physdev-is-bridged', () => 'no'],
]);

/** Whether the condition holds. */
export function evaluateMatch(match: Match, packet: Packet, context: MatchContext): Ternary {
  const evaluate = EVALUATORS.get(`${match.module ?? ''}:${match.option}`);
  const result = evaluate ? evaluate(match.values, packet, context) : 'unknown';
  return match.negated ? negate(result) : result;
}

function known(value: boolean | undefined): Ternary {
  return value === undefined ? 'unknown' : ternary(value);
}

/** A name ending in `+` stands for all names that begin so. U+FFFD is a byte that iptables' text could not carry. */
function evaluateLink(pattern: string, name: string | undefined): Ternary {
  if (pattern === '+') return 'yes';
  if (name === undefined || pattern.includes('\ufffd')) return 'unknown';
  return ternary(pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern);
}

function evaluateProtocol(name: string, packet: Packet): Ternary {
  const lower = name.toLowerCase();
  if (lower === 'all' || lower === '0') return 'yes';
  const actual = packet.protocol === 'icmp' && packet.family === 'ipv6' ? 'icmpv6' : packet.protocol;
  return ternary((PROTOCOLS[lower] ?? lower) === actual);
}

function evaluateRange(range: string, address: string): Ternary {
  const [first = '', last = first] = range.split('-');
  return known(isBetween(first, last, address));
}

/** `VALUE[/MASK]`: (0 & MASK) == VALUE. */
function evaluateZeroMark(text: string): Ternary {
  const [value] = text.split('/');
  const number = Number(value);
  return value === '' || !Number.isInteger(number) ? 'unknown' : ternary(number === 0);
}
