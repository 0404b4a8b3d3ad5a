/** Which of a namespace's addresses somebody means who names the namespace. */
import type { Address } from '../model/address.ts';
import type { Namespace } from '../model/namespace.ts';
import { contains, isLoopback } from './prefix.ts';

/** The one in a subnet that the sender is in as well, else the first; IPv4 before IPv6. Undefined where it has none. */
export function chooseAddress(
  { addresses = [], containers, kind }: Pick<Namespace, 'addresses' | 'containers' | 'kind'>,
  near: readonly string[],
  isSender: boolean,
): string | undefined {
  const usable = addresses
    .filter(({ address, scope }) => scope !== 'link' && !isLoopback(address))
    .toSorted((one, other) => Number(one.family === 'ipv6') - Number(other.family === 'ipv6'));
  const beside = usable.find((one) => near.some((address) => isInSubnet(one, address)));
  const published = containers.flatMap((one) => one.endpoints.flatMap((endpoint) => endpoint.addresses));
  const named = usable.find(({ address }) => published.some((cidr) => cidr.split('/')[0] === address));
  const [first] = usable;
  if (isSender) return first?.address ?? (kind === 'host' ? '127.0.0.1' : undefined);
  return (beside ?? named ?? first)?.address;
}

function isInSubnet({ address, prefixLength }: Address, other: string): boolean {
  return contains(`${address}/${prefixLength}`, other) === true;
}
