/** Policy rules of both families (RTM_GETRULE dump, linux/fib_rules.h; ip-rule(8)). */

import { cleanBytes } from '../src/model/clean-text.ts';
import { compareText } from '../src/model/compare-text.ts';
import type { NumberRange, PolicyRule } from '../src/model/policy-rule.ts';
import { eachAttribute } from './netlink/attributes.ts';
import { Fields, said } from './netlink/fields.ts';
import type { Payload } from './netlink/message.ts';
import { protocolName, tableName } from './netlink/route-names.ts';
import { familyOf, RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';

/** struct fib_rule_hdr */
const RULE_HEADER_BYTES = 12;
const FRA = {
  dst: 1,
  src: 2,
  iifName: 3,
  goto: 4,
  priority: 6,
  fwmark: 10,
  tunId: 12,
  suppressIfGroup: 13,
  suppressPrefixLength: 14,
  table: 15,
  fwmask: 16,
  oifName: 17,
  pad: 18,
  l3mdev: 19,
  uidRange: 20,
  protocol: 21,
  ipProto: 22,
  sportRange: 23,
  dportRange: 24,
  dscp: 25,
  sportMask: 28,
  dportMask: 29,
} as const;
const KNOWN: ReadonlySet<number> = new Set(Object.values(FRA));
/** FIB_RULE_* */
const FLAG = { invert: 0x2, unresolved: 0x4, iifDetached: 0x8, oifDetached: 0x10 } as const;
const ACTIONS: Readonly<Record<number, string>> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};
/** Suppression is off: the kernel says -1. */
const OFF = 0xffffffff;

/** All IPv4 and IPv6 rules of the namespace, in the order in which they are asked. Throws what the conversation throws. */
export function readPolicyRules(rtnetlink: Rtnetlink): readonly PolicyRule[] {
  const header = new Uint8Array(RULE_HEADER_BYTES);
  return rtnetlink
    .dump({ type: RTM.getRule, header })
    .flatMap((payload) => parsePolicyRule(payload) ?? [])
    .sort((a, b) => compareText(a.family, b.family) || a.priority - b.priority);
}

/** One RTM_NEWRULE message; undefined for a family netpeek does not read. */
export function parsePolicyRule({ view, start, end }: Payload): PolicyRule | undefined {
  const family = familyOf(view.getUint8(start));
  if (!family) return undefined;
  const fields = new Fields(view, start + RULE_HEADER_BYTES, end);
  const number = view.getUint8(start + 7);
  const action = ACTIONS[number] ?? String(number);
  const flags = view.getUint32(start + 8, true);
  const tos = view.getUint8(start + 3);
  const table = fields.u32(FRA.table) ?? view.getUint8(start + 4);
  const protocol = fields.u8(FRA.protocol);
  const unknown = unknownConditions(view, start + RULE_HEADER_BYTES, end);
  return said({
    family,
    priority: fields.u32(FRA.priority) ?? 0,
    action,
    table: action === 'lookup' && table !== 0 ? tableName(table) : undefined,
    goto: action === 'goto' ? fields.u32(FRA.goto) : undefined,
    gotoUnresolved: isSet(flags, FLAG.unresolved),
    not: (flags & FLAG.invert) !== 0,
    from: prefix(fields.address(FRA.src), view.getUint8(start + 2)),
    to: prefix(fields.address(FRA.dst), view.getUint8(start + 1)),
    tos: tos === 0 ? undefined : tos,
    iif: linkName(fields.string(FRA.iifName)),
    oif: linkName(fields.string(FRA.oifName)),
    iifDetached: isSet(flags, FLAG.iifDetached),
    oifDetached: isSet(flags, FLAG.oifDetached),
    fwmark: fields.u32(FRA.fwmark),
    fwmask: fields.u32(FRA.fwmask),
    l3mdev: fields.bool(FRA.l3mdev),
    uids: range32(fields.bytes(FRA.uidRange)),
    ipProtocol: fields.u8(FRA.ipProto),
    sourcePorts: range16(fields.bytes(FRA.sportRange)),
    sourcePortMask: unlessWhole(fields.u16(FRA.sportMask)),
    destinationPorts: range16(fields.bytes(FRA.dportRange)),
    destinationPortMask: unlessWhole(fields.u16(FRA.dportMask)),
    dscp: fields.u8(FRA.dscp),
    tunnelId: tunnelId(fields.bytes(FRA.tunId)),
    suppressPrefixLength: unlessOff(fields.u32(FRA.suppressPrefixLength)),
    suppressLinkGroup: unlessOff(fields.u32(FRA.suppressIfGroup)),
    protocol: protocol === undefined || protocol === 0 ? undefined : protocolName(protocol),
    unknown: unknown.length === 0 ? undefined : unknown,
  });
}

/** Said only where it is so. */
function isSet(flags: number, flag: number): true | undefined {
  return (flags & flag) === 0 ? undefined : true;
}

function prefix(address: string | undefined, length: number): string | undefined {
  return address === undefined ? undefined : `${address}/${length}`;
}

function linkName(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : cleanBytes(bytes);
}

function unlessOff(value: number | undefined): number | undefined {
  return value === OFF ? undefined : value;
}

/** Kernels since 6.14 tell a mask with every single port. */
function unlessWhole(mask: number | undefined): number | undefined {
  return mask === 0xffff ? undefined : mask;
}

/** struct fib_rule_uid_range */
function range32(bytes: Uint8Array | undefined): NumberRange | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { first: view.getUint32(0, true), last: view.getUint32(4, true) };
}

/** struct fib_rule_port_range */
function range16(bytes: Uint8Array | undefined): NumberRange | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { first: view.getUint16(0, true), last: view.getUint16(2, true) };
}

/** A big-endian number of 64 bits, as text: it may be larger than a double can hold. */
function tunnelId(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  return String(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, false));
}

function unknownConditions(view: DataView, start: number, end: number): readonly number[] {
  const unknown: number[] = [];
  eachAttribute(view, start, end, (type) => {
    if (!KNOWN.has(type)) unknown.push(type);
  });
  return unknown;
}
