/** One qdisc (RTM_NEWQDISC, linux/rtnetlink.h, linux/pkt_sched.h), and how traffic control writes handles. */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { Qdisc, QdiscStats } from '../../src/model/traffic-control.ts';
import { Fields } from '../netlink/fields.ts';
import type { Payload } from '../netlink/message.ts';

/** struct tcmsg */
export const TCMSG_BYTES = 20;
export const TC_H = {
  root: 0xffffffff,
  ingress: 0xfffffff1,
  /** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), which the ingress qdisc answers to as well. */
  ingressHook: 0xfffffff2,
  egressHook: 0xfffffff3,
} as const;
const TCA = { kind: 1, stats2: 7 } as const;
const STATS = { basic: 1, queue: 3, packets64: 8 } as const;

/** The header of a question about one link, or with 0 about all, and about what hangs on `parent`. */
export function tcMessage(ifindex: number, parent: number): Uint8Array {
  const header = new Uint8Array(TCMSG_BYTES);
  const view = new DataView(header.buffer);
  view.setInt32(4, ifindex, true);
  view.setUint32(12, parent, true);
  return header;
}

/** `1:`, `1:10`: major and minor number in hex, as tc(8) writes them. */
export function handleText(handle: number): string {
  const minor = handle & 0xffff;
  return `${(handle >>> 16).toString(16)}:${minor === 0 ? '' : minor.toString(16)}`;
}

/** The number of a handle written so. */
export function parseHandle(text: string): number {
  const [major = '', minor = ''] = text.split(':');
  return (Number.parseInt(major, 16) << 16) | Number.parseInt(minor || '0', 16);
}

/** One RTM_NEWQDISC message. */
export function parseQdisc({ view, start, end }: Payload): Qdisc {
  const fields = new Fields(view, start + TCMSG_BYTES, end);
  const stats = parseStats(fields.nested(TCA.stats2));
  return {
    ifindex: view.getInt32(start + 4, true),
    kind: cleanBytes(fields.string(TCA.kind) ?? new Uint8Array()),
    handle: handleText(view.getUint32(start + 8, true)),
    parent: parentText(view.getUint32(start + 12, true)),
    ...(stats === undefined ? {} : { stats }),
  };
}

function parentText(parent: number): string {
  if (parent === TC_H.root) return 'root';
  return parent === TC_H.ingress ? 'ingress' : handleText(parent);
}

/** TCA_STATS2 (linux/gen_stats.h). */
function parseStats(fields: Fields | undefined): QdiscStats | undefined {
  const basic = viewOf(fields?.bytes(STATS.basic), 12);
  const queue = viewOf(fields?.bytes(STATS.queue), 20);
  if (!basic || !queue) return undefined;
  return {
    bytes: Number(basic.getBigUint64(0, true)),
    packets: fields?.u64(STATS.packets64) ?? basic.getUint32(8, true),
    drops: queue.getUint32(8, true),
    overlimits: queue.getUint32(16, true),
    requeues: queue.getUint32(12, true),
    backlogBytes: queue.getUint32(4, true),
    queueLength: queue.getUint32(0, true),
  };
}

function viewOf(bytes: Uint8Array | undefined, least: number): DataView | undefined {
  return bytes === undefined || bytes.length < least
    ? undefined
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
