/**
 * What the kernel says of a traced packet as it meets rules of nf_tables, iptables-nft's among them: NFT_MSG_TRACE to
 * the group NFNLGRP_NFTRACE (linux/netfilter/nf_tables.h, net/netfilter/nf_tables_trace.c). A packet is traced from
 * the rule on that says `meta nftrace set 1`.
 */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { NamespaceHandle } from '../../src/system/system.ts';
import { bytesOf, eachAttribute, stringBytes } from '../netlink/attributes.ts';
import { decodeDatagram, type Payload } from '../netlink/message.ts';

/** NFNLGRP_NFTRACE of linux/netfilter/nfnetlink.h. */
const TRACE_GROUP = 9;
/** NFNL_SUBSYS_NFTABLES in the upper byte, NFT_MSG_TRACE. */
const TRACE = 0x0a11;
/** struct nfgenmsg: family, version, resource id. */
const NFGENMSG_BYTES = 4;
/** NFTA_VERDICT_CODE and NFTA_VERDICT_CHAIN in NFTA_TRACE_VERDICT. */
const VERDICT_CODE = 1;
const VERDICT_CHAIN = 2;
/** enum nft_trace_types. */
const TYPES = ['unknown', 'policy', 'return', 'rule'] as const;
/** enum nft_verdicts, and the NF_* of linux/netfilter.h. */
const VERDICTS: Readonly<Record<number, TraceVerdict['kind']>> = {
  [-1]: 'continue',
  [-2]: 'break',
  [-3]: 'jump',
  [-4]: 'goto',
  [-5]: 'return',
  0: 'drop',
  1: 'accept',
  2: 'stolen',
  3: 'queue',
  4: 'repeat',
};
const FAMILIES: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

export type TraceVerdict = {
  readonly kind:
    | 'continue'
    | 'break'
    | 'jump'
    | 'goto'
    | 'return'
    | 'drop'
    | 'accept'
    | 'stolen'
    | 'queue'
    | 'repeat'
    | 'unknown';
  /** Of a jump or goto; safe to print. */
  readonly chain?: string;
};

/** One rule that the packet matched, or the end of a chain. Names are safe to print. */
export type TraceEvent = {
  /** The same for all events of one packet, for as long as it is on its way; another packet may get it later. */
  readonly id: number;
  /** `return`: the end of a chain, be it a base chain, whose `policy` then follows. */
  readonly kind: (typeof TYPES)[number];
  /** The table's family: `ip`, `ip6`, `inet`, `bridge`, `netdev`, `arp`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Of the rule that matched; a handle beyond 2^53 is rounded. */
  readonly handle?: number;
  readonly verdict?: TraceVerdict;
  /** Of the base chain, in an event of kind `policy`. */
  readonly policy?: TraceVerdict['kind'];
  /** Absent: 0. */
  readonly mark?: number;
  readonly inIfindex?: number;
  readonly outIfindex?: number;
  /**
   * The packet's own bytes, up to 64, as they were at the first event of a base chain; only that event has them, and the
   * links.
   */
  readonly networkHeader?: Uint8Array;
  readonly transportHeader?: Uint8Array;
  readonly linkHeader?: Uint8Array;
};

/** What is heard: an event, or that some were lost because nobody read them in time. */
export type TraceReport = { readonly kind: 'event'; readonly event: TraceEvent } | { readonly kind: 'lost' };

export type TraceListener = {
  /** Ends when the listener is closed. */
  readonly reports: () => AsyncIterable<TraceReport>;
  readonly close: () => void;
};

/** Hears the traced packets of one namespace from now on. Throws `SystemError`, such as EPERM without CAP_NET_ADMIN. */
export function listenToTrace(namespace: NamespaceHandle): TraceListener {
  const socket = namespace.listen({ netfilter: [TRACE_GROUP] });
  return {
    reports: async function* () {
      for await (const event of socket.events()) {
        if (event.kind === 'lost') yield { kind: 'lost' };
        // The socket hears other namespaces as well, where they have an nsid here: their links are not ours.
        else if (event.nsid === undefined)
          for (const traced of parseTrace(event.bytes)) yield { kind: 'event', event: traced };
      }
    },
    close: socket.close,
  };
}

/** The trace events of one datagram; other messages are passed over. */
export function parseTrace(bytes: Uint8Array): readonly TraceEvent[] {
  return decodeDatagram(bytes)
    .payloads.filter(({ type, start, end }) => type === TRACE && end - start >= NFGENMSG_BYTES)
    .map(parseEvent);
}

type Draft = { -readonly [Key in keyof TraceEvent]: TraceEvent[Key] };

function parseEvent({ view, start, end }: Payload): TraceEvent {
  const family = FAMILIES[view.getUint8(start)] ?? String(view.getUint8(start));
  const event: Draft = { id: 0, kind: 'unknown', family, table: '', chain: '' };
  eachAttribute(view, start + NFGENMSG_BYTES, end, (type, at, length) => {
    if (length >= (LEAST_BYTES[type] ?? 0)) readAttribute(event, type, { view, at, length });
  });
  // The end of a chain is told as a rule without a handle (nft_rule_dp with is_last), and the type for it never is.
  return event.kind === 'rule' && event.handle === undefined ? { ...event, kind: 'return' } : event;
}

type Value = { readonly view: DataView; readonly at: number; readonly length: number };

/** Of the integers among NFTA_TRACE_*, all of them in network byte order. */
const LEAST_BYTES: Readonly<Record<number, number>> = { 3: 8, 4: 4, 6: 4, 10: 4, 12: 4, 14: 4, 16: 4 };

/** By NFTA_TRACE_*; those that are not read repeat what others say. */
function readAttribute(event: Draft, type: number, { view, at, length }: Value): void {
  if (type === 1) event.table = textOf(view, at, length);
  else if (type === 2) event.chain = textOf(view, at, length);
  else if (type === 3) event.handle = Number(view.getBigUint64(at));
  else if (type === 4) event.kind = TYPES[view.getUint32(at)] ?? 'unknown';
  else if (type === 5) event.verdict = verdictOf(view, at, length);
  else if (type === 6) event.id = view.getUint32(at);
  else if (type === 7) event.linkHeader = bytesOf(view, at, length).slice();
  else if (type === 8) event.networkHeader = bytesOf(view, at, length).slice();
  else if (type === 9) event.transportHeader = bytesOf(view, at, length).slice();
  else if (type === 10) event.inIfindex = view.getUint32(at);
  else if (type === 12) event.outIfindex = view.getUint32(at);
  else if (type === 14) event.mark = view.getUint32(at);
  else if (type === 16) event.policy = VERDICTS[view.getInt32(at)] ?? 'unknown';
}

function verdictOf(view: DataView, start: number, length: number): TraceVerdict {
  let kind: TraceVerdict['kind'] = 'unknown';
  let chain: string | undefined;
  eachAttribute(view, start, start + length, (type, at, size) => {
    // The upper half of a queue's verdict is the queue's number, of a drop's an errno (NF_VERDICT_MASK).
    if (type === VERDICT_CODE && size >= 4) {
      const code = view.getInt32(at);
      kind = VERDICTS[code] ?? VERDICTS[code & 0xff] ?? 'unknown';
    }
    if (type === VERDICT_CHAIN) chain = textOf(view, at, size);
  });
  return { kind, ...(chain === undefined ? {} : { chain }) };
}

function textOf(view: DataView, at: number, length: number): string {
  return cleanBytes(stringBytes(view, at, length));
}
