/** What was observed of a few probes on a flow's way. Names and texts are safe to print. */
import type { TraceEvent } from '../../../probes/nft/trace.ts';
import type { ReadPacket } from './read-packet.ts';

/** The probe, its answer or an error about it, passing one link. Addresses and ports are as they were there. */
export type Sighting = ReadPacket & {
  readonly namespace: string;
  readonly link: string;
  /** Seen from the namespace: `in` comes by the link, `out` leaves by it. */
  readonly way: 'in' | 'out';
  /** The frame is for another MAC: nobody here takes it. */
  readonly forAnother?: true;
  /** The link is a port of a bridge, which hands the frame on. */
  readonly onPort?: true;
};

/** The fate of all probes together. */
export type Outcome =
  | { readonly kind: 'answered' }
  /** By a reset, or an ICMP error that says so; `from`: who sent it, where it was heard. */
  | { readonly kind: 'refused'; readonly from?: string }
  /** The sender's socket failed, such as with `ENETUNREACH`. */
  | { readonly kind: 'failed'; readonly errno: string; readonly icmp?: IcmpError }
  /** Nothing came back that the socket was told of. */
  | { readonly kind: 'silent'; readonly icmp?: IcmpError }
  | { readonly kind: 'aborted' };

export type IcmpError = { readonly type: number; readonly code: number; readonly from: string };

/** A rule that a probe or its answer met, as the kernel tells it. */
export type TracedRule = Pick<TraceEvent, 'family' | 'table' | 'chain' | 'handle'> & {
  readonly namespace: string;
  /** Of which packet. */
  readonly what: ReadPacket['what'];
  readonly kind: 'rule' | 'policy';
  readonly verdict: string;
  /** Position in its chain, from 1, where it was found there afterwards. */
  readonly number?: number;
};

/** What a counter gained meanwhile. Other traffic moves it as well: weak evidence. */
export type CounterGain = { readonly namespace: string; readonly name: string; readonly gained: number };

export type Proof = {
  readonly sent: number;
  readonly answered: number;
  readonly outcome: Outcome;
  /** Of the probe that came furthest, in the order of its way. */
  readonly seen: readonly Sighting[];
  /** Where the probe, or the answer once there is one, was seen last: `host/docker0`. */
  readonly lastSeen: string | null;
  readonly traced: readonly TracedRule[];
  readonly counters: readonly CounterGain[];
  /** Names of the namespaces in which every link was listened to. */
  readonly tapped: readonly string[];
  /** Names of those in which rules of nftables were traced. */
  readonly tracedIn: readonly string[];
  /** What could not be used, and why. */
  readonly weaker: readonly string[];
};
