import type { Address } from './address.ts';
import type { Conntrack } from './conntrack.ts';
import type { Container } from './container.ts';
import type { FdbEntry } from './fdb.ts';
import type { Ruleset } from './firewall.ts';
import type { Link } from './link.ts';
import type { Neighbour } from './neighbour.ts';
import type { PolicyRule } from './policy-rule.ts';
import type { Resolver } from './resolver.ts';
import type { Route } from './route.ts';
import type { Socket } from './socket.ts';
import type { TrafficControl } from './traffic-control.ts';

export type NamespaceKind = 'host' | 'container' | 'named' | 'process' | 'hidden';

/** The network sysctls that decide forwarding; keys are paths below /proc/sys/net such as `ipv4/ip_forward`. */
export type Sysctls = Readonly<Record<string, string>>;

/**
 * One network namespace and what was read of it. A table that is absent was not read: nobody asked for it, or
 * a gap beside it says why. An empty table was read and holds nothing.
 */
export type Namespace = {
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
  readonly addresses?: readonly Address[];
  readonly routes?: readonly Route[];
  readonly neighbours?: readonly Neighbour[];
  readonly policyRules?: readonly PolicyRule[];
  readonly fdb?: readonly FdbEntry[];
  readonly trafficControl?: TrafficControl;
  readonly rulesets?: readonly Ruleset[];
  readonly sysctls?: Sysctls;
  readonly sockets?: readonly Socket[];
  readonly conntrack?: Conntrack;
  readonly resolver?: Resolver;
};
