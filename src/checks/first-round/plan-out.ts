/** The ways out: who is expected to reach the internet. */
import type { Family } from '../../model/address.ts';
import type { Namespace } from '../../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../../model/snapshot.ts';
import { INTERNET } from '../../path/internet.ts';
import { contains } from '../../path/prefix.ts';
import type { Plan, PlannedWay } from './planned-way.ts';

/**
 * Containers are; other namespaces where they hang on a bridge of the host, or have a default route. The host itself is
 * not asked: what is wrong with its own way out is met by everybody else.
 */
export function planOut(snapshot: Snapshot): Plan {
  const inner = snapshot.namespaces.filter(({ kind }) => kind !== 'host');
  const wanted = inner.filter((one) => isWired(one) && !one.routes).map(({ id }) => id);
  const ways = inner
    .filter((one) => one.containers.length > 0 || isOnHostBridge(snapshot, one) || hasDefault(one))
    .flatMap((one) => familiesOf(one).map((family) => wayOut(one, family)));
  return { ways, wanted, leftOut: [] };
}

function wayOut({ id, name }: Namespace, family: Family): PlannedWay {
  return {
    kind: 'out',
    about: `${name} → internet${family === 'ipv6' ? ' (IPv6)' : ''}`,
    request: {
      from: { kind: 'namespace', id, text: name },
      to: { kind: 'address', address: INTERNET[family], text: 'internet' },
      port: null,
      proto: 'icmp',
    },
  };
}

/** IPv6 where the namespace is led out by it; IPv4 unless IPv6 is all it has. */
function familiesOf(namespace: Namespace): readonly Family[] {
  const { addresses = [] } = namespace;
  const has = (family: Family) =>
    addresses.some((one) => one.family === family && one.scope === 'global' && !/^127\./.test(one.address));
  const isLed = has('ipv6') && hasDefault(namespace, 'ipv6');
  if (!isLed) return ['ipv4'];
  return has('ipv4') || hasDefault(namespace, 'ipv4') ? ['ipv4', 'ipv6'] : ['ipv6'];
}

function hasDefault({ routes = [] }: Namespace, family?: Family): boolean {
  return routes.some(
    (route) =>
      route.destination === 'default' &&
      route.type === 'unicast' &&
      (family === undefined || route.family === family),
  );
}

function isWired({ links, containers }: Namespace): boolean {
  return containers.length > 0 || (links ?? []).some(({ kind }) => kind !== 'loopback');
}

/** Whether it is a port of a bridge that could be its gateway: one with an address of its subnet, and not the host's own way out. */
function isOnHostBridge(snapshot: Snapshot, { links = [], addresses = [] }: Namespace): boolean {
  return links.some(({ ifindex, peer }) => {
    const far = peer ? findNamespace(snapshot, peer.namespace) : undefined;
    const master = findLink(far, peer?.ifindex)?.master?.ifindex;
    if (far?.kind !== 'host' || master === undefined) return false;
    const own = addresses.filter((one) => one.ifindex === ifindex);
    const isGateway = far.addresses?.some(
      (one) =>
        one.ifindex === master &&
        own.some(({ address, prefixLength }) => contains(`${address}/${prefixLength}`, one.address) === true),
    );
    const leadsOut = far.routes?.some(
      ({ destination, nextHops }) =>
        destination === 'default' && nextHops.some((hop) => hop.ifindex === master),
    );
    return isGateway === true && leadsOut !== true;
  });
}
