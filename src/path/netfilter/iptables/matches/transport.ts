/** Conditions on ports, TCP flags and ICMP types (xt_tcpudp.c, xt_multiport.c). */
import { type Ternary, ternary } from '../../../ternary.ts';
import { either, unknowable } from '../../conditions/logic.ts';
import { hasPorts, isPortIn, isPortInAny, type PortRange, parsePortRange } from '../../conditions/port.ts';
import { ownEntry } from '../../own-entry.ts';
import { type Packet, PROTOCOL, TCP_FLAG } from '../../packet.ts';
import type { Test } from '../../program.ts';
import type { OptionTest } from '../compile-module.ts';

type Side = 'sourcePort' | 'destinationPort';

export const tcp: OptionTest = ({ option, values }) => {
  const test =
    option === 'tcp-flags' ? flags(values) : option === 'tcp-option' ? unknowable : port(option, values);
  return test && ofProtocol(PROTOCOL.tcp, option === 'tcp' ? () => 'yes' : test);
};

export const udp: OptionTest = ({ option, values }) => {
  const test = port(option, values);
  return test && ofProtocol(PROTOCOL.udp, option === 'udp' ? () => 'yes' : test);
};

/** ICMP of either version; which one, the rule's protocol says. */
export const icmp: OptionTest = ({ option, values: [value = ''] }) => {
  if (option === 'icmp' || option === 'icmp6') return isIcmp;
  return option === 'icmp-type' || option === 'icmpv6-type' ? icmpType(value) : undefined;
};

export const multiport: OptionTest = ({ option, values: [list = ''] }) => {
  const ranges: PortRange[] = [];
  for (const text of list.split(',')) {
    const range = parsePortRange(text);
    if (!range) return unknowable;
    ranges.push(range);
  }
  const asked = (side: Side) => (packet: Packet) => isPortInAny(ranges, packet[side]);
  if (option === 'sports') return withPorts(asked('sourcePort'));
  if (option === 'dports') return withPorts(asked('destinationPort'));
  if (option !== 'ports') return undefined;
  return withPorts((packet) => either(asked('sourcePort')(packet), asked('destinationPort')(packet)));
};

function port(option: string, [text = '']: readonly string[]): Test | undefined {
  // A module without options holds as the protocol does.
  if (option === 'tcp' || option === 'udp') return () => 'yes';
  const side: Side | undefined =
    option === 'sport' ? 'sourcePort' : option === 'dport' ? 'destinationPort' : undefined;
  const range = parsePortRange(text);
  if (!side) return undefined;
  return range ? (packet) => isPortIn(range, packet[side]) : unknowable;
}

/** The kernel takes such a rule only together with `-p`: for another protocol it never comes so far. */
function ofProtocol(protocol: number, test: Test): Test {
  return (packet, around) => (packet.protocol === protocol ? test(packet, around) : 'no');
}

function withPorts(test: Test): Test {
  return (packet, around) => (hasPorts(packet) ? test(packet, around) : 'unknown');
}

const ALL_FLAGS = 0x3f;
const FLAGS: Readonly<Record<string, number>> = {
  FIN: TCP_FLAG.fin,
  SYN: TCP_FLAG.syn,
  RST: TCP_FLAG.rst,
  PSH: TCP_FLAG.psh,
  ACK: TCP_FLAG.ack,
  URG: TCP_FLAG.urg,
  ALL: ALL_FLAGS,
  NONE: 0,
};

/** `--tcp-flags MASK COMP`: of the flags in MASK, exactly those of COMP are set. */
function flags([mask = '', comp = '']: readonly string[]): Test {
  const examined = flagBits(mask);
  const wanted = flagBits(comp);
  if (examined === undefined || wanted === undefined) return unknowable;
  return (packet) => ternary((packet.tcpFlags & examined) === wanted);
}

function flagBits(text: string): number | undefined {
  let bits = 0;
  for (const name of text.split(',')) {
    const flag = ownEntry(FLAGS, name);
    if (flag === undefined) return undefined;
    bits |= flag;
  }
  return bits;
}

function isIcmp({ protocol }: Packet): Ternary {
  return ternary(protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6);
}

/** `TYPE`, which means any code, `TYPE/CODE` or `any`; iptables-save prints no names. */
function icmpType(text: string): Test {
  if (text === 'any') return isIcmp;
  const [, type, code] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (type === undefined) return unknowable;
  // 255 stands for any type of ICMPv4 (icmp_type_code_match() in xt_tcpudp.c).
  const any = Number(type) === 255;
  return (packet) => {
    if (isIcmp(packet) === 'no') return 'no';
    if (any && packet.protocol === PROTOCOL.icmp) return 'yes';
    if (packet.icmpType === undefined) return 'unknown';
    if (packet.icmpType !== Number(type)) return 'no';
    if (code === undefined) return 'yes';
    return packet.icmpCode === undefined ? 'unknown' : ternary(packet.icmpCode === Number(code));
  };
}
