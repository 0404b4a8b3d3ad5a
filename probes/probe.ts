import type { NamespaceFacts, Section } from '../src/model/facts.ts';
import type { Gap } from '../src/model/gap.ts';
import type { Namespace } from '../src/model/namespace.ts';
import type { NamespaceHandle, System } from '../src/system/system.ts';
import type { AskProgram } from './bpf/ask.ts';
import type { Rtnetlink } from './netlink/socket.ts';
import type { SocketHolders } from './sockets/holders.ts';

/** What is known of a namespace before it is read: who is in it, and how it is reached. */
export type Subject = Pick<Namespace, 'kind' | 'paths' | 'pids' | 'containers'>;

/** What a probe may use while it reads one namespace. */
export type ProbeContext = {
  readonly system: System;
  readonly namespace: NamespaceHandle;
  readonly subject: Subject;
  readonly rtnetlink: Rtnetlink;
  /** Which processes hold which sockets; found out at the first call. */
  readonly holders: () => SocketHolders;
  /** What the kernel says of a BPF program; asked at the first call with its id. */
  readonly askProgram: AskProgram;
  /** Link counters are wanted; they cost the kernel some work. */
  readonly stats: boolean;
};

/** Facts, and what could not be read although the rest could. */
export type Reading = { readonly facts: NamespaceFacts; readonly gaps?: readonly Gap[] };

/** One source of facts of one namespace. What it throws becomes a gap. */
export type Probe = {
  readonly name: Section;
  /** Answers at once where the kernel does, with a promise where a tool must run. */
  readonly read: (context: ProbeContext) => Reading | Promise<Reading>;
};
