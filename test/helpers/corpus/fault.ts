/** A class of faults as the corpus knows it: the cause that must be named, and how it is put into a random network. */
import type { Random } from '../agreement/random.ts';
import type { CaseFlow, FlowKind } from './flows.ts';
import type { Network } from './network.ts';

export type FaultClass = {
  /** The cause that is right. */
  readonly id: string;
  /** Causes that are right as well, since nothing on this host tells them apart. */
  readonly also?: readonly string[];
  readonly what: string;
  /** The flows that it can break. */
  readonly kinds: readonly FlowKind[];
  /** Small packets pass: only what is large, or part of it, is lost. */
  readonly partial?: true;
  /** Where on the way it is met, for two at once; absent: it goes with no other. */
  readonly at?: number;
  /** Shell lines; undefined where this network or flow does not allow it. */
  readonly make: (random: Random, net: Network, flow: CaseFlow) => string | undefined;
  /** What is asked for instead of the flow. */
  readonly ask?: (flow: CaseFlow, net: Network) => CaseFlow;
};

export const FORWARDED = ['egress', 'published-outside', 'across'] as const satisfies readonly FlowKind[];
export const FROM_CONTAINER = [
  'egress',
  'same-bridge',
  'across',
  'to-host',
] as const satisfies readonly FlowKind[];

/** Where a fault sits on the way of the request. */
export const AT = {
  ownLink: -1,
  sender: 0,
  senderLink: 1,
  bridge: 2,
  prerouting: 3,
  routing: 4,
  forward: 5,
  postrouting: 6,
  uplink: 7,
  receiver: 8,
  answer: 9,
} as const;

/** `sysctl` with a link's name in the key, which may hold dots. */
export function linkSysctl(link: string, key: string, value: number): string {
  return `sysctl -qw net/ipv4/conf/${link}/${key}=${value}`;
}

/** The link of the host that a container's packets come in by. */
export function bridgeOf({ first, second }: Network, container: string): string {
  return container === 'c3' || container === 'c5' ? second.bridge : first.bridge;
}

/** The host's end of a container's pair, on the bridge that the corpus asks about. */
export function hostEndOf(container: string): string {
  return container === 'c5' ? 'vc5b' : `v${container}`;
}

/** The container's own end. */
export function linkOf(container: string): string {
  return container === 'c5' ? 'eth1' : 'eth0';
}

export function gatewayOf({ first, second }: Network, container: string): string {
  return `${container === 'c3' || container === 'c5' ? second.net : first.net}.1`;
}
