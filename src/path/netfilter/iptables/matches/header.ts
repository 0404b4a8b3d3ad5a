/** Conditions on numbers in the IP header: length, TTL or hop limit, DSCP, TOS; and on ranges of addresses. */
import { ternary } from '../../../ternary.ts';
import { rangeTest } from '../../conditions/address.ts';
import { unknowable } from '../../conditions/logic.ts';
import { isPortIn, parsePortRange } from '../../conditions/port.ts';
import type { Packet } from '../../packet.ts';
import type { Test } from '../../program.ts';
import type { OptionTest } from '../compile-module.ts';

export const header: OptionTest = ({ option, values: [value = ''] }) => {
  switch (option) {
    case 'src-range':
    case 'dst-range': {
      const [first = '', last = first] = value.split('-');
      return rangeTest(first, last, option === 'src-range' ? 'source' : 'destination');
    }
    case 'length': {
      // Written as ports are, and of as many bits.
      const range = parsePortRange(value);
      return range && (({ length }) => isPortIn(range, length));
    }
    case 'ttl-eq':
    case 'hl-eq':
      return compare(value, (ttl, wanted) => ttl === wanted);
    case 'ttl-lt':
    case 'hl-lt':
      return compare(value, (ttl, wanted) => ttl < wanted);
    case 'ttl-gt':
    case 'hl-gt':
      return compare(value, (ttl, wanted) => ttl > wanted);
    case 'dscp': {
      const wanted = parseNumber(value);
      if (wanted === undefined) return unknowable;
      return ({ dscp }) => (dscp === undefined ? 'unknown' : ternary(dscp === wanted));
    }
    case 'tos':
      return typeOfService(value);
    default:
      return undefined;
  }
};

function compare(text: string, holds: (ttl: number, wanted: number) => boolean): Test {
  const wanted = parseNumber(text);
  if (wanted === undefined) return unknowable;
  return ({ ttl }: Packet) => (ttl === undefined ? 'unknown' : ternary(holds(ttl, wanted)));
}

/** `VALUE/MASK`: (TOS & MASK) == VALUE. Its two lowest bits are ECN's, of which nothing is known. */
function typeOfService(text: string): Test {
  const [first = '', second = '0xff'] = text.split('/');
  const value = parseNumber(first);
  const mask = parseNumber(second);
  if (value === undefined || mask === undefined) return unknowable;
  return ({ dscp }) => {
    if ((value & ~mask) !== 0) return 'no';
    if (dscp === undefined) return mask === 0 ? 'yes' : 'unknown';
    if (((dscp << 2) & mask & ~3) !== (value & ~3)) return 'no';
    return (mask & 3) === 0 ? 'yes' : 'unknown';
  };
}

/** Of one byte, in decimal or hexadecimal. */
function parseNumber(text: string): number | undefined {
  return /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(text) ? Number(text) : undefined;
}
