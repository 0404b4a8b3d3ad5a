/**
 * `-m conntrack` and its older name `-m state`. All options of one instance are one question to the kernel: without a
 * connection the state alone decides, and where none was asked for, nothing holds, negated or not (conntrack_mt() in
 * xt_conntrack.c).
 */
import type { Match } from '../../../../model/firewall.ts';
import { type Ternary, ternary } from '../../../ternary.ts';
import { asked, isInPrefix, parsePrefix } from '../../conditions/address.ts';
import {
  byConnection,
  connectionProtocol,
  hasStatus,
  isInState,
  isStateName,
  replyTuple,
  type StateName,
  type StatusName,
} from '../../conditions/connection.ts';
import { agreed, both, negatedIf, unknowable } from '../../conditions/logic.ts';
import { hasPorts, isPortIn, parsePortRange } from '../../conditions/port.ts';
import { protocolNumber } from '../../conditions/protocol-number.ts';
import { ownEntry } from '../../own-entry.ts';
import type { Packet, Tuple } from '../../packet.ts';
import type { Test } from '../../program.ts';
import type { ModuleTest } from '../compile-module.ts';

export const conntrack: ModuleTest = (options, { repeated }) => {
  const states = options.filter(isStateOption).map((match) => negatedIf(match.negated, stateTest(match)));
  const others = options
    .filter((match) => !isStateOption(match))
    .map((match) => negatedIf(match.negated, otherTest(match)));
  const [only] = states;
  if (only && states.length === 1 && others.length === 0) return only;
  const all =
    (tests: readonly Test[]): Test =>
    (packet, around) =>
      tests.reduce(
        (result: Ternary, test) => (result === 'no' ? result : both(result, test(packet, around))),
        'yes',
      );
  const stateHolds = all(states);
  const othersHold = all(others);
  const one =
    (without: Ternary): Test =>
    (packet, around) => {
      const state = stateHolds(packet, around);
      if (state === 'no') return 'no';
      return both(
        state,
        byConnection(packet.connection, () => othersHold(packet, around), without),
      );
    };
  const together = one(others.length === 0 || states.length > 0 ? 'yes' : 'no');
  if (!repeated) return together;
  const apart = one(others.length === 0 ? 'yes' : 'no');
  return (packet, around) => agreed(together(packet, around), apart(packet, around));
};

function isStateOption({ option }: Match): boolean {
  return option === 'ctstate' || option === 'state';
}

function stateTest({ values: [list = ''] }: Match): Test {
  const names = list.toLowerCase().split(',');
  if (!names.every(isStateName)) return unknowable;
  const states: ReadonlySet<StateName> = new Set(names);
  return ({ connection }) => isInState(connection, states);
}

type End = { readonly tuple: 'original' | 'reply'; readonly side: 'source' | 'destination' };

/** `ctorigsrc`, `ctrepldstport`, … */
const END = /^ct(orig|repl)(src|dst)(port)?$/;

/** What is asked of a packet that has a connection. */
function otherTest({ option, values: [value = ''] }: Match): Test {
  const [, tuple, side, port] = END.exec(option) ?? [];
  if (tuple !== undefined) {
    const end: End = {
      tuple: tuple === 'orig' ? 'original' : 'reply',
      side: side === 'src' ? 'source' : 'destination',
    };
    return port === undefined ? addressTest(value, end) : portTest(value, end);
  }
  if (option === 'ctproto') {
    const number = protocolNumber(value);
    if (number === undefined) return unknowable;
    return (packet) => {
      const protocol = connectionProtocol(packet);
      return protocol === undefined ? 'unknown' : ternary(protocol === number);
    };
  }
  if (option === 'ctdir') return ({ connection }) => ternary(connection.direction === value.toLowerCase());
  return option === 'ctstatus' ? statusTest(value) : unknowable;
}

function tupleOf(packet: Packet, tuple: End['tuple']): Partial<Tuple> {
  return tuple === 'original' ? packet.connection.original : replyTuple(packet);
}

function addressTest(text: string, { tuple, side }: End): Test {
  const prefix = parsePrefix(text);
  if (!prefix) return unknowable;
  return (packet) => {
    const address = tupleOf(packet, tuple)[side];
    return address === undefined ? 'unknown' : asked(address, (value) => isInPrefix(prefix, value));
  };
}

function portTest(text: string, { tuple, side }: End): Test {
  const range = parsePortRange(text);
  if (!range) return unknowable;
  const port = side === 'source' ? 'sourcePort' : 'destinationPort';
  // Of ICMP these are the identifier, the type and the code.
  return (packet) => (hasPorts(packet) ? isPortIn(range, tupleOf(packet, tuple)[port]) : 'unknown');
}

const STATUS: Readonly<Record<string, StatusName | undefined>> = {
  EXPECTED: 'expected',
  SEEN_REPLY: 'seen-reply',
  ASSURED: 'assured',
  CONFIRMED: 'confirmed',
};

/** One of these bits is set. NONE is no bit, and so never. */
function statusTest(list: string): Test {
  const names = list.split(',').filter((name) => name !== 'NONE');
  const bits = names.map((name) => ownEntry(STATUS, name));
  return (packet, around) => {
    const results = bits.map((bit) => (bit ? hasStatus(bit, packet, around) : 'unknown'));
    if (results.includes('yes')) return 'yes';
    return results.includes('unknown') ? 'unknown' : 'no';
  };
}
