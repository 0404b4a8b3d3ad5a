/** Traffic control of links (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h; tc(8)). */
import type { LoadedProgram } from './bpf-program.ts';

/** Counters since the qdisc was made (struct gnet_stats_basic, gnet_stats_queue). */
export type QdiscStats = {
  readonly bytes: number;
  readonly packets: number;
  readonly drops: number;
  readonly overlimits: number;
  readonly requeues: number;
  readonly backlogBytes: number;
  readonly queueLength: number;
};

export type Qdisc = {
  readonly ifindex: number;
  /** fq_codel, htb, tbf, clsact, noqueue, … */
  readonly kind: string;
  /** `1:`; `0:` for one that the kernel made by itself. */
  readonly handle: string;
  /** `root`, `ingress` (also of clsact, which covers both ways), or the class it hangs on, such as `1:10`. */
  readonly parent: string;
  readonly stats?: QdiscStats;
};

/** What a filter does with a packet that it matches (linux/tc_act/…). */
export type TcAction = {
  /** gact, mirred, police, … */
  readonly kind: string;
  /** ok, drop, pipe, stolen, …; of those actions that netpeek can read. */
  readonly outcome?: string;
  /** Of mirred: where to, and how: `egress redirect`, `ingress mirror`, … */
  readonly towards?: { readonly how: string; readonly ifindex: number };
};

/** A BPF program of a filter; one in classic bytecode has neither id nor name. */
export type BpfProgram = {
  readonly name?: string;
  readonly id?: number;
  readonly tag?: string;
  /** Its own name, as the kernel keeps it; `name` is what tc(8) was told to call it. */
  readonly programName?: string;
  /** The program's answer is the verdict itself. */
  readonly directAction: boolean;
};

export type TcFilter = {
  readonly ifindex: number;
  /** What arrives, what leaves, or what is sorted into the classes of the qdisc (`parent`). */
  readonly attachedTo: 'ingress' | 'egress' | 'parent';
  /** The qdisc or class, such as `1:` or `ffff:`. */
  readonly parent: string;
  /** bpf, u32, matchall, flower, … */
  readonly kind: string;
  /** Asked in this order, the lowest first. */
  readonly priority: number;
  /** `all`, `ip`, `ipv6`, `arp`, `802.1Q`, or the ethertype as hex. */
  readonly protocol: string;
  readonly chain: number;
  readonly handle: string;
  /** The class that matching packets go to. */
  readonly classId?: string;
  readonly bpf?: BpfProgram;
  /** Of u32: `0a000000/ff000000 at 16`, all of which must hold. */
  readonly matches?: readonly string[];
  readonly actions: readonly TcAction[];
};

/** A BPF program that hangs on a link by itself, without a qdisc (tcx, since Linux 6.6): it runs before the filters. */
export type TcxProgram = LoadedProgram & {
  readonly ifindex: number;
  readonly attachedTo: 'ingress' | 'egress';
};

export type TrafficControl = {
  readonly qdiscs: readonly Qdisc[];
  readonly filters: readonly TcFilter[];
  /** In the order they run; absent where they could not be asked for. */
  readonly tcx?: readonly TcxProgram[];
};
