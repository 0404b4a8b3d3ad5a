/** Whether an address lies in a prefix or a range; the text of both is read once, when a rule is compiled. */
import { type Ternary, ternary } from '../../ternary.ts';
import type { Packet } from '../packet.ts';
import type { Test } from '../program.ts';
import {
  type AddressValue,
  addressValue,
  applyMask,
  compareAddresses,
  maskOf,
  parseAddress,
} from './address-value.ts';
import { unknowable } from './logic.ts';

/** Bits of `mask` that are set must be as in `value`; the mask need not be contiguous. */
export type Prefix = { readonly value: AddressValue; readonly mask: AddressValue };

/** Which address of a packet is meant. */
export type Side = 'source' | 'destination';

const LENGTH = /^\d{1,3}$/;

/** `10.0.0.0/8`, a bare address, `10.0.0.1/255.0.255.0`; undefined where it is none of these. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const value = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!value) return undefined;
  const mask = parseMask(slash < 0 ? undefined : text.slice(slash + 1), value.length);
  return mask && { value: applyMask(value, mask), mask };
}

function parseMask(text: string | undefined, words: number): AddressValue | undefined {
  if (text === undefined) return maskOf(words * 32, words);
  if (LENGTH.test(text)) {
    const length = Number(text);
    return length <= words * 32 ? maskOf(length, words) : undefined;
  }
  const mask = parseAddress(text);
  return mask?.length === words ? mask : undefined;
}

/** An address of the other family is in no prefix. */
export function isInPrefix({ value, mask }: Prefix, address: AddressValue): boolean {
  if (address.length !== value.length) return false;
  for (let index = 0; index < value.length; index += 1)
    if ((((address[index] ?? 0) ^ (value[index] ?? 0)) & (mask[index] ?? 0)) !== 0) return false;
  return true;
}

/** Both ends included; an address of another family is in no range. */
function isInRange(first: AddressValue, last: AddressValue, address: AddressValue): boolean {
  return (
    address.length === first.length &&
    compareAddresses(first, address) <= 0 &&
    compareAddresses(address, last) <= 0
  );
}

/** A test of one of the packet's addresses against a prefix's text. */
export function prefixTest(text: string, side: Side): Test {
  const prefix = parsePrefix(text);
  if (!prefix) return unknowable;
  return (packet) => {
    const address = addressValue(packet[side]);
    return address ? ternary(isInPrefix(prefix, address)) : 'unknown';
  };
}

/** A test of one of the packet's addresses against a range. */
export function rangeTest(first: string, last: string, side: Side): Test {
  const low = parseAddress(first);
  const high = parseAddress(last);
  if (!low || low.length !== high?.length) return unknowable;
  return (packet) => asked(packet[side], (address) => isInRange(low, high, address));
}

/** What holds of an address in text form; unknown where it cannot be read. */
export function asked(address: Packet[Side], holds: (value: AddressValue) => boolean): Ternary {
  const value = addressValue(address);
  return value ? ternary(holds(value)) : 'unknown';
}
