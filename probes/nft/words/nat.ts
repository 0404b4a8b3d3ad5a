/** Translations of addresses in nft's words: `dnat ip to 10.0.0.1:80`, `masquerade random`. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf } from './known.ts';
import { mapOf } from './map.ts';
import { valueWords } from './value.ts';

const FLAGS: readonly unknown[] = ['random', 'fully-random', 'persistent'];

export function natWords(how: string, inside: unknown): string | undefined {
  if (inside === null) return how === 'masquerade' || how === 'redirect' ? how : undefined;
  const fields = membersOf(inside, ['family', 'addr', 'port', 'flags', 'type_flags']);
  if (!fields) return undefined;
  const { family, addr, port, flags, type_flags: kind } = fields;
  if (family !== undefined && family !== 'ip' && family !== 'ip6') return undefined;
  const isPrefix = kind === 'prefix' && flags === 'netmap' && addr !== undefined && port === undefined;
  if (kind !== undefined && !isPrefix) return undefined;
  const of = family === undefined ? [] : [family];
  const to =
    addr === undefined && port === undefined
      ? []
      : [...(isPrefix ? ['prefix'] : []), 'to', joined([addressWords(addr, port), portWords(port)], '')];
  return joined([how, ...of, ...to, ...(isPrefix ? [] : flagWords(flags))], ' ');
}

/** An IPv6 address before a port stands in brackets. */
function addressWords(address: unknown, port: unknown): string | undefined {
  if (address === undefined) return '';
  const [kind] = onlyMember(address) ?? [];
  if (kind === 'map' && port === undefined)
    return mapOf(address, ['address']) ?? mapOf(address, ['address', 'number']);
  if (kind === 'map') return undefined;
  const words = valueWords(address, ['address']);
  if (port === undefined || !words?.includes(':')) return words;
  return kind === undefined ? `[${words}]` : undefined;
}

function portWords(port: unknown): string | undefined {
  if (port === undefined) return '';
  const words = valueWords(port, ['number']);
  return words === undefined ? undefined : `:${words}`;
}

function flagWords(flags: unknown): readonly (string | undefined)[] {
  if (flags === undefined) return [];
  const list: readonly unknown[] = Array.isArray(flags) ? flags : [flags];
  return [list.length > 0 && list.every((flag) => FLAGS.includes(flag)) ? list.join(',') : undefined];
}
