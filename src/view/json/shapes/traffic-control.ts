/** Traffic control in a snapshot file. */
import type {
  BpfProgram,
  Qdisc,
  QdiscStats,
  TcAction,
  TcFilter,
  TcxProgram,
  TrafficControl,
} from '../../../model/traffic-control.ts';
import { flag, list, number, object, oneOf, optional, text } from '../decode.ts';
import { loadedProgram } from './bpf-program.ts';

const stats = object<QdiscStats>({
  bytes: number,
  packets: number,
  drops: number,
  overlimits: number,
  requeues: number,
  backlogBytes: number,
  queueLength: number,
});
const qdisc = object<Qdisc>({
  ifindex: number,
  kind: text,
  handle: text,
  parent: text,
  stats: optional(stats),
});
const action = object<TcAction>({
  kind: text,
  outcome: optional(text),
  towards: optional(object({ how: text, ifindex: number })),
});
const bpf = object<BpfProgram>({
  name: optional(text),
  id: optional(number),
  tag: optional(text),
  programName: optional(text),
  directAction: flag,
});
const filter = object<TcFilter>({
  ifindex: number,
  attachedTo: oneOf('ingress', 'egress', 'parent'),
  parent: text,
  kind: text,
  priority: number,
  protocol: text,
  chain: number,
  handle: text,
  classId: optional(text),
  bpf: optional(bpf),
  matches: optional(list(text)),
  actions: list(action),
});

const tcx = object<TcxProgram>({
  ...loadedProgram,
  ifindex: number,
  attachedTo: oneOf('ingress', 'egress'),
});

export const trafficControl = object<TrafficControl>({
  qdiscs: list(qdisc),
  filters: list(filter),
  tcx: optional(list(tcx)),
});
