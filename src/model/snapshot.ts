import type { Container, DockerNetwork, Engine } from './container.ts';
import type { Gap } from './gap.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';

/** Everything that was read at one moment, with its references resolved, and what could not be read. */
export type Snapshot = {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly hostname: string;
  /** null where no engine answered; a gap then says why. */
  readonly engine: Engine | null;
  readonly namespaces: readonly Namespace[];
  /** Containers without a namespace here: stopped ones, and those whose namespace could not be reached. */
  readonly stoppedContainers: readonly Container[];
  readonly networks: readonly DockerNetwork[];
  readonly gaps: readonly Gap[];
};

/** The namespace with this id, if the snapshot holds it. */
export function findNamespace(snapshot: Snapshot, id: string): Namespace | undefined {
  return snapshot.namespaces.find((namespace) => namespace.id === id);
}

/** The link with this ifindex in this namespace, if it was read. */
export function findLink(namespace: Namespace | undefined, ifindex: number | undefined): Link | undefined {
  return namespace?.links?.find((link) => link.ifindex === ifindex);
}
