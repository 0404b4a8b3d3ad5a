/** A packet on its way: where it is, what it looks like there, and what the namespaces that it passed remember of it. */
import type { Hop } from '../../model/diagnosis.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { AskKernel } from '../route/query.ts';
import type { ConnectionTable } from './connections.ts';
import type { Direction, Fault } from './fault.ts';
import type { MetRules } from './met-rules.ts';

/** What every step may ask. */
export type World = {
  readonly snapshot: Snapshot;
  /** Whether the packet is on its way there, or its answer on the way back. */
  readonly direction: Direction;
  /** Absent where only the snapshot is to be believed. */
  readonly ask?: AskKernel;
  /** Grows with every rule that the packet meets. */
  readonly met?: MetRules;
  /** Grows as the packet passes namespaces that translate. */
  readonly connections: ConnectionTable;
  /** Asked for the internet in general: which namespaces stand for it, because they lead nowhere else. */
  readonly isOutside?: (namespace: Namespace) => boolean;
  /** Noted where a namespace's tables would be needed and were not read: reading them and walking again tells more. */
  readonly wanted: Set<string>;
};

/** What happens to the packet next. */
export type State =
  /** A process of the namespace sends it. */
  | { readonly at: 'send'; readonly namespace: Namespace; readonly packet: Packet }
  /** Routed, past POSTROUTING: to be handed to the link, for this next hop on it. */
  | {
      readonly at: 'transmit';
      readonly namespace: Namespace;
      readonly link: Link;
      readonly packet: Packet;
      readonly nextHop: string;
    }
  /** A frame for this MAC leaves by a link that needs no further decision: a bridge port, a veth. */
  | { readonly at: 'frame-out'; readonly namespace: Namespace; readonly link: Link; readonly packet: Packet }
  /** A frame comes in by a link; `packet.destinationMac` says whom it is for. */
  | { readonly at: 'frame-in'; readonly namespace: Namespace; readonly link: Link; readonly packet: Packet }
  /** The namespace's IP stack takes it; `link` is the bridge where the frame came by a port. */
  | { readonly at: 'receive'; readonly namespace: Namespace; readonly link: Link; readonly packet: Packet }
  /** For a socket of this namespace, past INPUT. */
  | { readonly at: 'deliver'; readonly namespace: Namespace; readonly link?: Link; readonly packet: Packet };

/** How a way ends. */
export type End =
  /** A socket, or the kernel itself (ICMP echo), takes it. */
  | { readonly how: 'delivered'; readonly namespace: Namespace; readonly packet: Packet }
  /** It leaves what can be seen from here, by this link. */
  | { readonly how: 'left'; readonly namespace: Namespace; readonly link: Link; readonly packet: Packet }
  /** It has reached a namespace that stands for all that lies beyond, by this link. */
  | { readonly how: 'beyond'; readonly namespace: Namespace; readonly link: Link; readonly packet: Packet }
  | { readonly how: 'lost' }
  /** Where it goes from here cannot be told. */
  | { readonly how: 'unknown' };

export type DraftHop = Omit<Hop, 'n' | 'namespace'> & { readonly namespace: Namespace };

/** What one step yields: what there is to say, what is wrong, and where it goes on. A drop goes on as if it were none, to find what else is wrong. */
export type StepResult = {
  readonly hops: readonly DraftHop[];
  readonly faults: readonly Fault[];
  readonly next?: State;
  readonly end?: End;
  /** A process took this packet, and sends `next` in its place. */
  readonly relayed?: { readonly namespace: Namespace; readonly packet: Packet };
};

export type Step<At extends State['at']> = (world: World, state: Extract<State, { at: At }>) => StepResult;
