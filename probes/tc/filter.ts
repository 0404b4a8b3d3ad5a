/** One filter (RTM_NEWTFILTER, linux/pkt_cls.h): its place, and for the kinds that netpeek knows, what it does. */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { BpfProgram, TcFilter } from '../../src/model/traffic-control.ts';
import { Fields, said } from '../netlink/fields.ts';
import type { Payload } from '../netlink/message.ts';
import { parseActions } from './action.ts';
import { handleText, TC_H, TCMSG_BYTES } from './qdisc.ts';

const TCA = { kind: 1, options: 2, chain: 11 } as const;
/** TCA_<KIND>_CLASSID and TCA_<KIND>_ACT: each kind numbers its options for itself. */
const OPTIONS: Readonly<Record<string, { readonly classId: number; readonly actions: number }>> = {
  bpf: { classId: 3, actions: 1 },
  u32: { classId: 1, actions: 7 },
  matchall: { classId: 1, actions: 2 },
  flower: { classId: 1, actions: 3 },
  basic: { classId: 1, actions: 3 },
  fw: { classId: 1, actions: 4 },
};
const BPF = { name: 7, flags: 8, tag: 10, id: 11 } as const;
const TCA_BPF_FLAG_ACT_DIRECT = 1;
const TCA_U32_SEL = 5;
/** struct tc_u32_sel, then its keys, struct tc_u32_key. */
const U32_SEL_BYTES = 16;
const U32_KEY_BYTES = 16;
const PROTOCOLS: Readonly<Record<number, string>> = {
  3: 'all',
  2048: 'ip',
  2054: 'arp',
  33024: '802.1Q',
  34525: 'ipv6',
  34984: '802.1ad',
};

/** The filter, without the link that it was asked of; undefined for the head that the kernel puts before each priority's filters. */
export function parseFilter({
  view,
  start,
  end,
}: Payload): Omit<TcFilter, 'ifindex' | 'attachedTo'> | undefined {
  const fields = new Fields(view, start + TCMSG_BYTES, end);
  const handle = view.getUint32(start + 8, true);
  const options = fields.nested(TCA.options);
  if (handle === 0 && !options) return undefined;
  const kind = cleanBytes(fields.string(TCA.kind) ?? new Uint8Array());
  const known = OPTIONS[kind];
  const classId = known && options?.u32(known.classId);
  return said({
    parent: hookText(view.getUint32(start + 12, true)),
    kind,
    // tcm_info: the priority above, the protocol below in network byte order.
    priority: view.getUint16(start + 18, true),
    protocol: protocolText(view.getUint16(start + 16, false)),
    chain: fields.u32(TCA.chain) ?? 0,
    handle: kind === 'u32' ? u32Handle(handle) : `0x${handle.toString(16)}`,
    classId: classId === undefined || classId === 0 ? undefined : handleText(classId),
    bpf: kind === 'bpf' && options ? parseBpf(options) : undefined,
    matches: kind === 'u32' ? u32Matches(options?.bytes(TCA_U32_SEL)) : undefined,
    actions: known && options ? parseActions(options.bytes(known.actions)) : [],
  });
}

/** The two sides of clsact are one qdisc, `ffff:`. */
function hookText(parent: number): string {
  return parent === TC_H.ingressHook || parent === TC_H.egressHook ? 'ffff:' : handleText(parent);
}

function protocolText(protocol: number): string {
  return PROTOCOLS[protocol] ?? `0x${protocol.toString(16)}`;
}

function parseBpf(options: Fields): BpfProgram {
  const name = options.string(BPF.name);
  const tag = options.bytes(BPF.tag);
  return said({
    name: name === undefined ? undefined : cleanBytes(name),
    id: options.u32(BPF.id),
    tag: tag === undefined ? undefined : Buffer.from(tag).toString('hex'),
    directAction: ((options.u32(BPF.flags) ?? 0) & TCA_BPF_FLAG_ACT_DIRECT) !== 0,
  });
}

/** `800::800`: hash table, bucket, entry. */
function u32Handle(handle: number): string {
  const bucket = (handle >>> 12) & 0xff;
  const entry = handle & 0xfff;
  const place = `${(handle >>> 20).toString(16)}:${bucket === 0 ? '' : bucket.toString(16)}`;
  return entry === 0 ? place : `${place}:${entry.toString(16)}`;
}

/** The keys of a selector; undefined for a hash table, which only leads to filters. */
function u32Matches(selector: Uint8Array | undefined): readonly string[] | undefined {
  if (selector === undefined || selector.length < U32_SEL_BYTES) return undefined;
  const view = new DataView(selector.buffer, selector.byteOffset, selector.length);
  const matches: string[] = [];
  for (let at = U32_SEL_BYTES; at + U32_KEY_BYTES <= selector.length; at += U32_KEY_BYTES) {
    const hex = (offset: number) =>
      view
        .getUint32(at + offset, false)
        .toString(16)
        .padStart(8, '0');
    // With an offset mask the place is found in the packet, after the header before it.
    const next = view.getInt32(at + 12, true) === 0 ? '' : 'nexthdr+';
    matches.push(`${hex(4)}/${hex(0)} at ${next}${view.getInt32(at + 8, true)}`);
  }
  return matches;
}
