/** Which of a link's own addresses the kernel takes when a rule says 'this host' (inet_select_addr, ipv6_dev_get_saddr). */
import type { Address, Family } from '../../model/address.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { contains } from '../prefix.ts';

/**
 * For MASQUERADE: the address in the next hop's subnet, else the first that is not of the link or the host alone. An IPv4
 * packet that leaves by a link without such an address gets one of another link, the first that has one.
 */
export function masqueradeAddress(
  { addresses, links = [] }: Namespace,
  link: Link,
  nextHop: string,
  family: Family,
): string | undefined {
  const usableOn = (one: Link) =>
    usable(addresses, one, family).filter(({ scope }) => scope !== 'link' && scope !== 'host');
  const own = usableOn(link);
  const near = own.find(
    ({ address, prefixLength }) => contains(`${address}/${prefixLength}`, nextHop) === true,
  );
  if (family === 'ipv6' && own.length > 1) return undefined;
  if (own[0] || family === 'ipv6') return (near ?? own[0])?.address;
  // In the order of the kernel's list of links, which is that of their indices unless links came from elsewhere.
  const others = links.toSorted((one, other) => one.ifindex - other.ifindex).flatMap(usableOn);
  return others[0]?.address;
}

/** For REDIRECT: the first address of the link that the packet came in by, or the loopback address for a packet of its own. */
export function redirectAddress(
  { addresses }: Namespace,
  link: Link | undefined,
  family: Family,
): string | undefined {
  if (!link) return family === 'ipv4' ? '127.0.0.1' : '::1';
  const own = usable(addresses, link, family).filter(({ scope }) => family === 'ipv4' || scope !== 'link');
  return own[0]?.address;
}

function usable(addresses: readonly Address[] | undefined, link: Link, family: Family): readonly Address[] {
  return (addresses ?? []).filter(
    (one) =>
      one.ifindex === link.ifindex &&
      one.family === family &&
      !one.flags.includes('tentative') &&
      !one.flags.includes('secondary'),
  );
}
