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
/** enum nft_trace_types; `policy` and `return` are the end of a base chain and of another one. */
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
   * The packet's own bytes, up to 64, as they were when this base chain was entered; only the first event of each base
   * chain has them.
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
/** Reads one attribute, of at least so many bytes, into the event. */
type Reader = {
  readonly bytes: number;
  readonly read: (event: Draft, view: DataView, at: number, length: number) => void;
};

/** By NFTA_TRACE_*. All integers are in network byte order. */
const READERS: Readonly<Record<number, Reader>> = {
  1: {
    bytes: 1,
    read: (event, view, at, length) => {
      event.table = textOf(view, at, length);
    },
  },
  2: {
    bytes: 1,
    read: (event, view, at, length) => {
      event.chain = textOf(view, at, length);
    },
  },
  3: {
    bytes: 8,
    read: (event, view, at) => {
      event.handle = Number(view.getBigUint64(at));
    },
  },
  4: {
    bytes: 4,
    read: (event, view, at) => {
      event.kind = TYPES[view.getUint32(at)] ?? 'unknown';
    },
  },
  5: {
    bytes: 0,
    read: (event, view, at, length) => {
      event.verdict = verdictOf(view, at, length);
    },
  },
  6: {
    bytes: 4,
    read: (event, view, at) => {
      event.id = view.getUint32(at);
    },
  },
  7: {
    bytes: 1,
    read: (event, view, at, length) => {
      event.linkHeader = bytesOf(view, at, length).slice();
    },
  },
  8: {
    bytes: 1,
    read: (event, view, at, length) => {
      event.networkHeader = bytesOf(view, at, length).slice();
    },
  },
  9: {
    bytes: 1,
    read: (event, view, at, length) => {
      event.transportHeader = bytesOf(view, at, length).slice();
    },
  },
  10: {
    bytes: 4,
    read: (event, view, at) => {
      event.inIfindex = view.getUint32(at);
    },
  },
  12: {
    bytes: 4,
    read: (event, view, at) => {
      event.outIfindex = view.getUint32(at);
    },
  },
  14: {
    bytes: 4,
    read: (event, view, at) => {
      event.mark = view.getUint32(at);
    },
  },
  16: {
    bytes: 4,
    read: (event, view, at) => {
      event.policy = VERDICTS[view.getInt32(at)] ?? 'unknown';
    },
  },
};

function parseEvent({ view, start, end }: Payload): TraceEvent {
  const family = view.getUint8(start);
  const event: Draft = {
    id: 0,
    kind: 'unknown',
    family: FAMILIES[family] ?? String(family),
    table: '',
    chain: '',
  };
  eachAttribute(view, start + NFGENMSG_BYTES, end, (type, at, length) => {
    const reader = READERS[type];
    if (reader && length >= reader.bytes) reader.read(event, view, at, length);
  });
  return event;
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
