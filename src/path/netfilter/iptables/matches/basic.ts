/** The conditions that need no module: addresses, links, protocol, fragments (ip_packet_match() in ip_tables.c). */
import { prefixTest } from '../../conditions/address.ts';
import { linkTest } from '../../conditions/link-name.ts';
import { always, never, unknowable } from '../../conditions/logic.ts';
import { protocolNumber } from '../../conditions/protocol-number.ts';
import type { Test } from '../../program.ts';
import type { OptionTest } from '../compile-module.ts';

export const basic: OptionTest = ({ option, values: [value = ''] }) => {
  switch (option) {
    case 'source':
      return prefixTest(value, 'source');
    case 'destination':
      return prefixTest(value, 'destination');
    case 'in-interface':
      return link('inLink', value);
    case 'out-interface':
      return link('outLink', value);
    case 'protocol':
      return protocol(value);
    case 'fragment':
      // The second part of a larger packet, which no flow here sends.
      return never;
    default:
      return undefined;
  }
};

/** A name ending in `+` stands for all names that begin so. */
function link(side: 'inLink' | 'outLink', pattern: string): Test {
  return pattern.endsWith('+') ? linkTest(side, pattern.slice(0, -1), false) : linkTest(side, pattern, true);
}

function protocol(name: string): Test {
  const number = protocolNumber(name);
  if (number === undefined) return unknowable;
  return number === 0 ? always : (packet) => (packet.protocol === number ? 'yes' : 'no');
}
