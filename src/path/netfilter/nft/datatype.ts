/** How the constants of one kind are written in nft's JSON, and which value each is. */
import type { NftExpression } from '../../../model/nftables.ts';
import { addressValue, parseAddress } from '../conditions/address-value.ts';
import { protocolNumber } from '../conditions/protocol-number.ts';
import {
  CT_DIRECTIONS,
  CT_STATES,
  CT_STATUSES,
  DSCPS,
  ETHER_TYPES,
  ICMP_CODES,
  ICMP_TYPES,
  ICMPV6_CODES,
  ICMPV6_TYPES,
  NF_PROTOCOLS,
  PACKET_TYPES,
  PROTOCOLS,
  TCP_FLAGS,
} from './names.ts';
import type { Value } from './reading.ts';

export type Datatype = {
  /** Width of a number; shifts and inversions stay within it. 0 of a name. */
  readonly bits: number;
  /** undefined where the constant is none of this kind. */
  readonly parse: (constant: string | number | boolean) => Value | undefined;
  /** Names may be patterns: a `*` at the end stands for any rest. */
  readonly patterns?: boolean;
};

function named(bits: number, names: Readonly<Record<string, number>> = {}): Datatype {
  return {
    bits,
    parse: (constant) => {
      if (typeof constant === 'boolean') return undefined;
      if (typeof constant === 'string' && Object.hasOwn(names, constant)) return BigInt(names[constant] ?? 0);
      return wholeNumber(constant);
    },
  };
}

function wholeNumber(constant: string | number): bigint | undefined {
  if (typeof constant === 'number')
    return Number.isSafeInteger(constant) && constant >= 0 ? BigInt(constant) : undefined;
  return /^(\d{1,19}|0x[0-9a-f]{1,16})$/i.test(constant) ? BigInt(constant) : undefined;
}

function address(words: number): Datatype {
  return {
    bits: words * 32,
    parse: (constant) => {
      const value = typeof constant === 'string' ? parseAddress(constant) : undefined;
      return value?.length === words ? joinWords(value) : undefined;
    },
  };
}

function joinWords(words: readonly number[]): bigint {
  let sum = BigInt(words[0] ?? 0);
  for (let at = 1; at < words.length; at += 1) sum = (sum << 32n) | BigInt(words[at] ?? 0);
  return sum;
}

/** Addresses of packets kept as numbers: a walk knows few, and each is asked for by thousands of rules. */
const KEPT = 256;
const kept = new Map<string, bigint>();

/** A packet's own address as a number; undefined where it cannot be read. */
export function addressNumber(text: string): bigint | undefined {
  const before = kept.get(text);
  if (before !== undefined) return before;
  const value = addressValue(text);
  if (!value) return undefined;
  const number = joinWords(value);
  if (kept.size >= KEPT) kept.clear();
  kept.set(text, number);
  return number;
}

/** `02:42:ac:11:00:02` as a number; undefined where it is none. */
export function macNumber(text: string): bigint | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? BigInt(`0x${text.replaceAll(':', '')}`) : undefined;
}

const ipProtocol: Datatype = {
  bits: 8,
  parse: (constant) => {
    if (typeof constant === 'string' && Object.hasOwn(PROTOCOLS, constant))
      return BigInt(PROTOCOLS[constant] ?? 0);
    const number = typeof constant === 'boolean' ? undefined : protocolNumber(`${constant}`);
    return number === undefined || (number === 0 && constant !== 0) ? undefined : BigInt(number);
  },
};

/** A byte that the text of the rule could not carry stands for nothing that can be compared. */
const name: Datatype = {
  bits: 0,
  parse: (constant) => (typeof constant === 'string' && !constant.includes('\ufffd') ? constant : undefined),
};

export const DATATYPES = {
  number: (bits: number) => named(bits),
  name,
  linkName: { ...name, patterns: true },
  // nft prints the name; 0 is no link at all.
  linkIndex: {
    ...name,
    parse: (constant) => (constant === '0' || constant === 0 ? '' : name.parse(constant)),
  },
  ipv4: address(1),
  ipv6: address(4),
  mac: { bits: 48, parse: (constant) => (typeof constant === 'string' ? macNumber(constant) : undefined) },
  exists: { bits: 1, parse: (constant) => (typeof constant === 'boolean' ? BigInt(constant) : undefined) },
  ipProtocol,
  ctState: named(32, CT_STATES),
  ctStatus: named(32, CT_STATUSES),
  ctDirection: named(8, CT_DIRECTIONS),
  tcpFlags: named(8, TCP_FLAGS),
  icmpType: named(8, ICMP_TYPES),
  icmpCode: named(8, ICMP_CODES),
  icmpv6Type: named(8, ICMPV6_TYPES),
  icmpv6Code: named(8, ICMPV6_CODES),
  dscp: named(6, DSCPS),
  etherType: named(16, ETHER_TYPES),
  nfProtocol: named(8, NF_PROTOCOLS),
  packetType: named(8, PACKET_TYPES),
  group: named(32, { default: 0 }),
} as const satisfies Record<string, Datatype | ((bits: number) => Datatype)>;

/** One constant, also one that is put together of others: flags in a list, or joined by operators. */
export function constantOf(expression: NftExpression, datatype: Datatype): Value | undefined {
  switch (expression.kind) {
    case 'value':
      return datatype.parse(expression.value);
    case 'list':
      return joined(expression.parts, datatype);
    case 'binary': {
      const left = constantOf(expression.left, datatype);
      const right = constantOf(expression.right, datatype);
      if (typeof left !== 'bigint' || typeof right !== 'bigint') return undefined;
      return operate(expression.op, left, right, datatype.bits);
    }
    default:
      return undefined;
  }
}

function joined(parts: readonly NftExpression[], datatype: Datatype): bigint | undefined {
  let sum = 0n;
  for (const part of parts) {
    const value = constantOf(part, datatype);
    if (typeof value !== 'bigint') return undefined;
    sum |= value;
  }
  return sum;
}

/** The result has not more than `bits` bits. */
export function operate(
  op: Extract<NftExpression, { kind: 'binary' }>['op'],
  left: bigint,
  right: bigint,
  bits: number,
): bigint | undefined {
  const all = (1n << BigInt(bits)) - 1n;
  switch (op) {
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return right <= 128n ? (left << right) & all : undefined;
    case '>>':
      return right <= 128n ? left >> right : undefined;
  }
}
