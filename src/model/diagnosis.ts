/** The answer of `netpeek diagnose`; its JSON is the public contract. */

import type { NameAnswer } from './name-answer.ts';

export type Flow = {
  /** FROM and TO as the user wrote them. */
  readonly from: string;
  readonly to: string;
  readonly proto: 'tcp' | 'udp' | 'icmp';
  readonly source: string;
  readonly destination: string;
  readonly port: number | null;
};

export type Verdict = 'works' | 'broken' | 'degraded' | 'undecided';

/** One observed fact and the command or file that shows it. */
export type Evidence = { readonly source: string; readonly value: string };

export type Cause = {
  readonly id: string;
  readonly title: string;
  readonly confidence: 'proven' | 'likely';
  /** The namespace's name. */
  readonly namespace: string;
  /** What is at fault: a link, a sysctl, a rule. */
  readonly subject: string;
  readonly evidence: readonly Evidence[];
  /** Commands that mend it, safe to paste. */
  readonly fix: readonly string[];
  /** One paragraph that teaches. */
  readonly more: string;
  /** Somebody wanted it so: it explains, and there is nothing to mend. */
  readonly byDesign?: true;
};

export type Stage = 'socket' | 'route' | 'neighbour' | 'link' | 'bridge' | 'netfilter' | 'nat' | 'deliver';

/** The rule, or the chain's policy, that decided a netfilter or nat hop. */
export type DecidingRule = {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly text: string;
  /** Of nftables. */
  readonly handle?: number;
  readonly number?: number;
};

export type Hop = {
  /** From 1, in the order the packet meets them. */
  readonly n: number;
  /** The namespace's name. */
  readonly namespace: string;
  readonly link?: string;
  readonly stage: Stage;
  readonly verdict: 'pass' | 'drop' | 'unknown';
  readonly detail: string;
  readonly rule?: DecidingRule | 'policy';
  /** Conditions that could not be evaluated. */
  readonly unknown?: readonly string[];
  readonly rewrites?: { readonly source?: string; readonly destination?: string };
};

export type Diagnosis = {
  readonly flow: Flow;
  readonly verdict: Verdict;
  /** The first is the root cause. */
  readonly causes: readonly Cause[];
  /** What became of a destination that is a name; hops are those of the way to its server where it was not resolved. */
  readonly name?: NameAnswer;
  readonly hops: readonly Hop[];
  /** The hops of the answer; empty where the request does not arrive, or nobody is known to answer. */
  readonly reply: readonly Hop[];
  readonly live: {
    readonly ran: boolean;
    readonly sent: number;
    readonly answered: number;
    readonly lastSeen: string | null;
    /** What became of the probes, or why none was sent, in a few words. */
    readonly outcome?: string;
    /** What could not be observed, and why. */
    readonly weaker?: readonly string[];
  };
};

/** The answer of `netpeek path`; its JSON is the public contract. */
export type PathAnswer = {
  readonly flow: Flow;
  readonly verdict: Exclude<Verdict, 'degraded'>;
  readonly hops: readonly Hop[];
  /** The hops of the way back. */
  readonly reply: readonly Hop[];
};
