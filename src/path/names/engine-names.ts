/**
 * Names that Docker's embedded server knows (docs.docker.com, 'Networking overview: DNS services'): of the containers on the
 * networks of the one who asks, the default bridge excepted. Podman's server on the gateway knows the same.
 */
import type { Container, Endpoint } from '../../model/container.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Networks on which nobody is found by name. */
const NAMELESS = new Set(['bridge', 'host', 'none', 'podman']);
const SHORT_ID = 12;

/** A container that has the name on one of its networks. */
export type Namesake = {
  readonly container: Container;
  readonly endpoint: Endpoint;
  /** The one who asks is on that network too, and names are known there. */
  readonly shared: boolean;
};

/** Those whose name it is, the shared ones first. `NAME.NETWORK` is one too; who does not run has no endpoint that counts. */
export function findNamesakes(snapshot: Snapshot, from: Namespace, asked: string): readonly Namesake[] {
  const name = asked.replace(/\.$/, '').toLowerCase();
  const mine = new Set(
    from.containers.flatMap(({ endpoints }) => endpoints.map(({ networkId }) => networkId)),
  );
  const found = snapshot.namespaces
    .flatMap(({ containers }) => containers)
    .flatMap((container) => container.endpoints.map((endpoint) => ({ container, endpoint })))
    .filter(({ container, endpoint }) => isCalled(container, endpoint, name))
    .map(({ container, endpoint }) => ({
      container,
      endpoint,
      shared: mine.has(endpoint.networkId) && hasNames(endpoint),
    }));
  return found.toSorted((one, other) => Number(other.shared) - Number(one.shared));
}

function isCalled(container: Container, { network, names = [] }: Endpoint, name: string): boolean {
  const { id, compose } = container;
  const all = [container.name, id.slice(0, SHORT_ID), ...names, ...(compose ? [compose.service] : [])];
  return all.some((one) => {
    const known = one.toLowerCase();
    return known === name || `${known}.${network.toLowerCase()}` === name;
  });
}

/** Whether containers on the network find each other by name. */
export function hasNames({ network }: Pick<Endpoint, 'network'>): boolean {
  return !NAMELESS.has(network);
}

/** The addresses that the engine's server would tell; empty where it would tell none. */
export function addressesByEngine(snapshot: Snapshot, from: Namespace, name: string): readonly string[] {
  const shared = findNamesakes(snapshot, from, name).filter((one) => one.shared);
  return [
    ...new Set(shared.flatMap(({ endpoint }) => endpoint.addresses.map((cidr) => cidr.split('/')[0] ?? ''))),
  ];
}
