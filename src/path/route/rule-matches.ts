/** Whether a policy rule applies to a packet: fib_rule_match() of net/core/fib_rules.c, fib4_rule_match() and fib6_rule_match(). */
import type { NumberRange, PolicyRule } from '../../model/policy-rule.ts';
import type { Ternary } from '../ternary.ts';
import { holds, parsePrefix } from './bits.ts';
import type { Fib } from './fib.ts';
import type { Flow } from './flow.ts';

/** `unless` says what was not known. */
export type RuleMatch = { readonly is: Ternary; readonly unless?: string };

/** Packets have TOS 0, and come through no tunnel that leaves an id on them. */
export function ruleMatches(rule: PolicyRule, flow: Flow, fib: Fib): RuleMatch {
  let unless: string | undefined;
  for (const condition of CONDITIONS) {
    const is = condition(rule, flow, fib);
    if (is === 'no') return { is: rule.not ? 'yes' : 'no' };
    if (is !== 'yes') unless ??= is;
  }
  if (unless !== undefined) return { is: 'unknown', unless };
  return { is: rule.not ? 'no' : 'yes' };
}

/** yes, no, or what is not known. */
type Condition = (rule: PolicyRule, flow: Flow, fib: Fib) => 'yes' | 'no' | (string & {});

const CONDITIONS: readonly Condition[] = [
  ({ iif, iifDetached }, flow) =>
    iif === undefined ? 'yes' : plain(iifDetached !== true && iif === flow.iif),
  ({ oif, oifDetached }, flow) =>
    oif === undefined ? 'yes' : plain(oifDetached !== true && oif === flow.oif),
  ({ fwmark, fwmask }, { mark }) => {
    const mask = fwmask ?? (fwmark === undefined ? 0 : 0xffffffff);
    if (mask === 0) return 'yes';
    return mark === 'unknown' ? 'the mark' : plain(((mark ^ (fwmark ?? 0)) & mask) === 0);
  },
  ({ tunnelId }) => plain(tunnelId === undefined || tunnelId === '0'),
  ({ l3mdev }, _flow, { links }) =>
    l3mdev !== true ? 'yes' : links.some(({ kind }) => kind === 'vrf') ? 'the VRF' : 'no',
  ({ uids }, { uid }) => {
    if (!uids) return 'yes';
    return uid === 'unknown' ? 'the sender’s user' : plain(uids.first <= uid && uid <= uids.last);
  },
  ({ to }, { destination, family }) => {
    const prefix = to === undefined ? undefined : parsePrefix(to, family);
    return plain(!prefix || holds(prefix, destination, family));
  },
  ({ from }, { source, family }) => {
    const prefix = from === undefined ? undefined : parsePrefix(from, family);
    if (!prefix || prefix.length === 0) return 'yes';
    // IPv4 compares with 0.0.0.0 where none is chosen; IPv6 lets no rule with a source apply.
    if (source === undefined && family === 'ipv6') return 'no';
    return plain(holds(prefix, source ?? 0n, family));
  },
  ({ tos = 0 }) => plain(tos === 0),
  ({ dscp }) => plain(dscp === undefined || dscp === 0),
  ({ ipProtocol }, { protocol }) => plain(ipProtocol === undefined || ipProtocol === protocol),
  ({ sourcePorts, sourcePortMask }, { sourcePort }) =>
    portIn(sourcePorts, sourcePortMask, sourcePort, 'the source port'),
  ({ destinationPorts, destinationPortMask }, { destinationPort }) =>
    portIn(destinationPorts, destinationPortMask, destinationPort, 'the destination port'),
  ({ unknown = [] }) => (unknown.length === 0 ? 'yes' : 'a condition that netpeek does not know'),
];

/** fib_rule_port_match(): a mask is only there with a single port. */
function portIn(
  ports: PolicyRule['sourcePorts'],
  mask: number | undefined,
  port: Flow['destinationPort'],
  name: string,
): string {
  if (!ports) return 'yes';
  if (port === 'unknown') return name;
  if (port === 'icmp') return mask === undefined && !ECHO.some((echo) => isWithin(ports, echo)) ? 'no' : name;
  if (mask !== undefined) return plain(((ports.first ^ port) & mask) === 0);
  return plain(isWithin(ports, port));
}

/** Type 8, code 0 of ICMP, and type 128, code 0 of ICMPv6, read as a port. */
const ECHO: readonly number[] = [0x0800, 0x8000];

function isWithin({ first, last }: NumberRange, port: number): boolean {
  return first <= port && port <= last;
}

function plain(value: boolean): 'yes' | 'no' {
  return value ? 'yes' : 'no';
}
