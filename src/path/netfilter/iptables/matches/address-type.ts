/** `-m addrtype`: what the namespace's own tables say an address is (xt_addrtype.c). */
import type { Match } from '../../../../model/firewall.ts';
import { type Ternary, ternary } from '../../../ternary.ts';
import { addressValue } from '../../conditions/address-value.ts';
import { both, either, negatedIf } from '../../conditions/logic.ts';
import type { Test } from '../../program.ts';
import type { AddressType } from '../../surroundings.ts';
import type { ModuleTest } from '../compile-module.ts';

/** `any`: every link; otherwise the addresses of the link that the packet comes in, or leaves, by. */
type Limit = 'any' | 'inLink' | 'outLink';

export const addressType: ModuleTest = (options, { repeated }) => {
  const limit = limitOf(options);
  const tests = options
    .filter(({ option }) => !option.startsWith('limit-iface'))
    .map((match) => negatedIf(match.negated, typeTest(match, limit)));
  const test: Test = (packet, around) =>
    tests.reduce(
      (result: Ternary, one) => (result === 'no' ? result : both(result, one(packet, around))),
      'yes',
    );
  // Of several instances it is not known which of them the limit belongs to.
  return repeated && limit !== 'any' ? () => 'unknown' : test;
};

function limitOf(options: readonly Match[]): Limit {
  if (options.some(({ option }) => option === 'limit-iface-in')) return 'inLink';
  return options.some(({ option }) => option === 'limit-iface-out') ? 'outLink' : 'any';
}

function typeTest({ option, values: [list = ''] }: Match, limit: Limit): Test {
  if (option !== 'src-type' && option !== 'dst-type') return () => 'unknown';
  const side = option === 'src-type' ? 'source' : 'destination';
  const types = list.toLowerCase().split(',');
  return (packet, around) => {
    const link = limit === 'any' ? undefined : packet[limit];
    if (limit !== 'any' && link === undefined) return 'unknown';
    const type = around.addressType(packet[side], link);
    return packet.family === 'ipv6' ? isOfTypesV6(types, packet[side], type) : isOneOf(types, type);
  };
}

function isOneOf(types: readonly string[], type: AddressType): Ternary {
  return type === 'unknown' ? type : ternary(types.includes(type));
}

/**
 * IPv6 asks otherwise (addrtype_mt6()): MULTICAST, UNICAST and UNSPEC are read from the address alone and must all
 * hold, where UNICAST is whatever is neither multicast nor unspecified; then one of the others, if any is named.
 */
function isOfTypesV6(types: readonly string[], address: string, type: AddressType): Ternary {
  const value = addressValue(address);
  if (!value) return 'unknown';
  const unspecified = value.every((word) => word === 0);
  const multicast = ((value[0] ?? 0) & 0xff000000) >>> 0 === 0xff000000;
  if (types.includes('multicast') && !multicast) return 'no';
  if (types.includes('unicast') && (multicast || unspecified)) return 'no';
  if (types.includes('unspec') && !unspecified) return 'no';
  let result: Ternary | undefined;
  for (const one of ['anycast', 'local', 'unreachable'] as const) {
    if (!types.includes(one)) continue;
    result = either(result ?? 'no', hasTypeV6(one, type));
  }
  return result ?? 'yes';
}

function hasTypeV6(wanted: 'anycast' | 'local' | 'unreachable', type: AddressType): Ternary {
  if (type === 'unknown') return 'unknown';
  if (type === wanted) return 'yes';
  // An anycast address of the namespace is in its table `local` as well, and what has no route is not known here.
  if (wanted === 'local') return type === 'anycast' ? 'unknown' : 'no';
  return wanted === 'anycast' && type === 'local' ? 'no' : 'unknown';
}
