/** Which names are asked for, one after the other, for the one that was given (`search` and `ndots` of resolv.conf(5)), and of whom. */
import type { Namespace } from '../../model/namespace.ts';
import type { ResolverSettings } from '../../model/resolver.ts';
import { familyOf } from '../prefix.ts';

/** glibc's RES_MAXNDOTS, MAXNS and what MAXDNSRCH was until the list had no end. */
const MOST_DOTS = 15;
const MOST_SERVERS = 3;
const MOST_SEARCHED = 6;
/** Who is asked where the file names nobody (resolv.conf(5)). */
const NOBODY_NAMED = '127.0.0.1';

/** Without trailing dots, in the order of res_search(3): a name with enough dots is first tried as it is. */
export function namesToAsk(
  name: string,
  { search, options }: Pick<ResolverSettings, 'search' | 'options'>,
): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const domains = search.slice(0, MOST_SEARCHED).map((domain) => domain.replace(/\.$/, ''));
  const searched = domains.filter(Boolean).map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return [...new Set(dots >= dotsNeeded(options) ? [name, ...searched] : [...searched, name])];
}

function dotsNeeded(options: readonly string[]): number {
  const told = options.findLast((option) => /^ndots:\d+$/.test(option))?.slice('ndots:'.length);
  return Math.min(Number(told ?? 1), MOST_DOTS);
}

/** The servers that are asked, in order. */
export function serversToAsk({ nameservers }: Pick<ResolverSettings, 'nameservers'>): readonly string[] {
  return nameservers.length === 0 ? [NOBODY_NAMED] : nameservers.slice(0, MOST_SERVERS);
}

/** The settings of the one whom the user named, where several containers share a namespace. */
export function settingsOf({ resolver }: Namespace, text: string): ResolverSettings | undefined {
  return resolver?.others?.find(({ container }) => container === text) ?? resolver;
}

/**
 * Addresses as they would be tried (RFC 6724, 6): those of IPv6 first, but not without an address of one's own that goes with
 * them; a unique local one (RFC 4193) goes with its like alone.
 */
export function inOrderOfUse(
  addresses: readonly string[],
  { addresses: own = [] }: Namespace,
): readonly string[] {
  const isLocal = (address: string) => /^f[cd]/i.test(address);
  const usable = own.filter(({ family, scope }) => family === 'ipv6' && scope === 'global');
  const isFirst = (address: string) =>
    familyOf(address) === 'ipv6' &&
    (address === '::1' || usable.some((one) => isLocal(one.address) === isLocal(address)));
  return [
    ...addresses.filter(isFirst),
    ...addresses.filter((address) => familyOf(address) === 'ipv4'),
    ...addresses,
  ].filter((address, index, all) => all.indexOf(address) === index);
}
