/** An address that nobody on its network has: whose address it was meant to be tells the cause. */
import type { DockerNetwork } from '../model/container.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { contains, familyOf, isPrivate } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, findFault } from './check.ts';
import { isGateway } from './gateways.ts';
import { commandIn, ipFor } from './shell.ts';
import { findUntranslated } from './untranslated.ts';

export type Unowned = Extract<Fault, { kind: 'unowned' }>;

export type UnownedCause =
  | 'bridge-lost-ip'
  | 'gateway-arp-failed'
  | 'proxy-arp-needed'
  | 'ctr-wrong-gateway'
  | 'dnat-stale'
  | 'subnet-overlap'
  | 'destination-unowned';

/** The first of this cause. */
export function findUnowned(context: CheckContext, cause: UnownedCause): Unowned | undefined {
  return findFault(
    context,
    'unowned',
    (fault) => !isConsequence(context, fault) && classify(context, fault) === cause,
  );
}

/** The answer to a packet that left untranslated: of course nobody out there has the address that it came from. */
function isConsequence(context: CheckContext, { direction, address }: Unowned): boolean {
  const { note: _quiet, ...quiet } = context;
  const left = findUntranslated(quiet, familyOf(address));
  return direction === 'answer' && left?.packet.source === address;
}

function classify(context: CheckContext, { namespace, link, address }: Unowned): UnownedCause {
  if (findLostGateway(context, address)) return 'bridge-lost-ip';
  if (address !== context.flow.destination && isGateway(namespace, link, address)) {
    if (namespace.kind === 'host') return 'gateway-arp-failed';
    return isUnnumbered(namespace, link, address) ? 'proxy-arp-needed' : 'ctr-wrong-gateway';
  }
  if (findTranslation(context, address)) return 'dnat-stale';
  if (isElsewhere(context, namespace, link, address)) return 'subnet-overlap';
  return 'destination-unowned';
}

export type LostGateway = {
  readonly network: DockerNetwork;
  readonly host: Namespace;
  readonly bridge: Link;
};

/** The Docker network whose gateway the address is, where its bridge is there and does not have it. */
export function findLostGateway({ snapshot }: CheckContext, address: string): LostGateway | undefined {
  // Older engines do not say the gateway of their default bridge, only that of its endpoints.
  const endpoint = snapshot.namespaces
    .flatMap(({ containers }) => containers.flatMap(({ endpoints }) => endpoints))
    .find(({ gateway }) => gateway === address);
  const network = snapshot.networks.find(
    ({ id, gateways }) =>
      id === endpoint?.networkId || gateways.some((gateway) => gateway.split('/')[0] === address),
  );
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  const bridge = host?.links?.find(({ name, kind }) => kind === 'bridge' && name === network?.bridge);
  if (!network || !bridge || !host?.addresses) return undefined;
  const has = host.addresses.some((one) => one.ifindex === bridge.ifindex && one.address === address);
  return has ? undefined : { network, host, bridge };
}

/** The hop that made the address the packet's destination. */
export function findTranslation({ walk }: CheckContext, address: string) {
  return walk.hops.find(
    ({ rewrites, stage }) => stage === 'nat' && hostOf(rewrites?.destination ?? '') === address,
  );
}

/** `172.17.0.2` of `172.17.0.2:80`, `fd00::2` of `[fd00::2]:80`. */
export function hostOf(end: string): string {
  const bracketed = /^\[(.*)\]/.exec(end);
  if (bracketed) return bracketed[1] ?? '';
  return end.includes('.') ? (end.split(':')[0] ?? '') : end;
}

/** A gateway such as 169.254.1.1 that lies in no subnet of the link: whoever is at the other end has to answer for it. */
function isUnnumbered({ addresses = [] }: Namespace, { ifindex }: Link, address: string): boolean {
  const own = addresses.filter((one) => one.ifindex === ifindex && !one.address.includes(':'));
  return (
    address.startsWith('169.254.') && own.length > 0 && own.every(({ prefixLength }) => prefixLength === 32)
  );
}

/**
 * An address that is asked for on a bridge and is more likely elsewhere: a public one, or one in a subnet that no container
 * on the bridge has an address of, while a route that is less exact leads out by another link.
 */
function isElsewhere({ snapshot }: CheckContext, namespace: Namespace, link: Link, address: string): boolean {
  if (link.kind !== 'bridge') return false;
  const leadsOut = (namespace.routes ?? []).some(
    ({ destination, table, nextHops, family }) =>
      destination === 'default' &&
      table === 'main' &&
      family === familyOf(address) &&
      nextHops.some(({ ifindex }) => ifindex !== link.ifindex),
  );
  if (!leadsOut) return false;
  if (!isPrivate(address)) return true;
  const isPort = (other: Link) =>
    other.master?.ifindex === link.ifindex && namespace.links?.includes(other) === true;
  const inhabitants = (namespace.links ?? []).filter(isPort).flatMap((port) => {
    const peer = snapshot.namespaces.find(({ id }) => id === port.peer?.namespace);
    return peer?.links?.find(({ ifindex }) => ifindex === port.peer?.ifindex)?.addresses ?? [];
  });
  return !inhabitants.some((own) => contains(own, address) === true);
}

/** What shows that nobody answers. */
export function silenceEvidence({ namespace, link, address }: Unowned) {
  const entry = namespace.neighbours?.find((one) => one.address === address && one.ifindex === link.ifindex);
  return {
    source: commandIn(namespace, ...ipFor(address), 'neigh', 'show', address, 'dev', link.name),
    value: entry ? entry.state : `nobody on the network of ${link.name} has ${address}`,
  };
}
