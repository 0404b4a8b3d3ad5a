import type { Container } from './container.ts';
import type { NamespaceFacts } from './facts.ts';
import type { Link } from './link.ts';

export type NamespaceKind = 'host' | 'container' | 'named' | 'process' | 'hidden';

/**
 * One network namespace and what was read of it. A table that is absent was not read: nobody asked for it, or
 * a gap beside it says why. An empty table was read and holds nothing.
 */
export type Namespace = Omit<NamespaceFacts, 'links'> & {
  /** The nsfs inode, in decimal; unique while the namespace lives (namespaces(7)). */
  readonly id: string;
  /** The name to show and to type: the container's, the `ip netns` name, `host`, or `pid:N`. */
  readonly name: string;
  /** Every name that leads here. */
  readonly names: readonly string[];
  readonly kind: NamespaceKind;
  /** Files that keep it reachable: bind mounts such as `/run/netns/blue`, else `/proc/PID/ns/net`. */
  readonly paths: readonly string[];
  /** Processes in it, ascending; bounded, see `netns-list.ts`. */
  readonly pids: readonly number[];
  /** The numbers by which the host, and the namespaces beyond its veths, know this one (rtnetlink's nsid). */
  readonly nsids?: readonly { readonly namespace: string; readonly nsid: number }[];
  /** All containers that use it; the first created it. */
  readonly containers: readonly Container[];
  readonly links?: readonly Link[];
};
