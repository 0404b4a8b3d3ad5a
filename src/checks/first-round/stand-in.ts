/** Somebody on the network outside, to ask a published port from: a namespace that is there, or an address that nobody has. */
import ipaddr from 'ipaddr.js';
import type { Address, Family } from '../../model/address.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { INTERNET } from '../../path/internet.ts';
import { PROTOCOL } from '../../path/netfilter/packet.ts';
import { contains, isLoopback } from '../../path/prefix.ts';
import { lookUp } from '../../path/route/lookup.ts';
import type { Endpoint } from '../../path/trace-flow.ts';
import { segmentBehind } from '../../path/walk/segment.ts';

/** Reserved for documentation (RFC 5737, TEST-NET-2; RFC 3849): somebody far away, where the network outside holds nobody else. */
const FAR_AWAY: Readonly<Record<Family, string>> = { ipv4: '198.51.100.10', ipv6: '2001:db8:fffe:ffff::10' };
/** Host bits below which a subnet is a line between two machines (RFC 3021, RFC 6164). */
const LEAST_HOST_BITS = 2;
/** Addresses tried from the top of a subnet before giving up; fewer are taken in any that is alive. */
const MOST_TRIED = 64;

/** Where the outside begins: a link of the host, and the address that it has there. */
export type Doorstep = { readonly link: Link; readonly address: Address };

/** The host's own way out, else a link that leads away from this machine. Undefined: there is none of this family. */
export function findDoorstep(host: Namespace, family: Family): Doorstep | undefined {
  const out = lookUp(host, { family, destination: INTERNET[family], mark: 0, protocol: PROTOCOL.icmp });
  const links = host.links ?? [];
  const chosen = out.kind === 'found' ? links.filter(({ name }) => name === out.link) : [];
  const leading = links.filter(({ kind }) => kind === 'device');
  for (const link of [...chosen, ...leading]) {
    const address = addressesOf(host, family).find(({ ifindex }) => ifindex === link.ifindex);
    if (address) return { link, address };
  }
  return undefined;
}

/** Who asks at the doorstep. Undefined: all that is behind it can be seen, and nobody there has an address of its subnet. */
export function findStandIn(
  snapshot: Snapshot,
  host: Namespace,
  { link, address }: Doorstep,
): Endpoint | undefined {
  const subnet = `${address.address}/${address.prefixLength}`;
  const { ears, ends } = segmentBehind(snapshot, { namespace: host, link });
  if (ends.length > 0 || ears.length === 0) {
    const free = freeAddress(snapshot, host, address) ?? FAR_AWAY[address.family];
    return { kind: 'address', address: free, text: free };
  }
  const neighbour = ears.find(
    ({ namespace }) =>
      namespace.id !== host.id &&
      addressesOf(namespace, address.family).some((one) => contains(subnet, one.address) === true),
  );
  return neighbour && { kind: 'namespace', id: neighbour.namespace.id, text: neighbour.namespace.name };
}

export function addressesOf({ addresses = [] }: Namespace, family: Family): readonly Address[] {
  return addresses.filter(
    (one) => one.family === family && one.scope === 'global' && !isLoopback(one.address),
  );
}

/** The highest address of the subnet that nobody is known to have, and that the host asks nobody for in vain. */
function freeAddress(
  { namespaces }: Snapshot,
  { routes = [], neighbours = [] }: Namespace,
  { address, prefixLength }: Address,
): string | undefined {
  const bytes = ipaddr.parse(address).toByteArray();
  if (bytes.length * 8 - prefixLength < LEAST_HOST_BITS) return undefined;
  const taken = new Set([
    ...namespaces.flatMap((one) => (one.addresses ?? []).map((each) => each.address)),
    ...routes.flatMap(({ nextHops }) => nextHops.flatMap(({ gateway }) => gateway ?? [])),
    ...neighbours.map((one) => one.address),
  ]);
  const top = bytes.map((byte, index) => byte | (0xff >> clamp(prefixLength - index * 8)));
  for (let below = 1; below <= MOST_TRIED; below += 1) {
    const last = (top.at(-1) ?? 0) - below;
    const tried = ipaddr.fromByteArray([...top.slice(0, -1), last]).toString();
    if (last < 0 || contains(`${address}/${prefixLength}`, tried) !== true) return undefined;
    if (!taken.has(tried)) return tried;
  }
  return undefined;
}

function clamp(bits: number): number {
  return Math.min(Math.max(bits, 0), 8);
}
