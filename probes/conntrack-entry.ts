/** One tracked connection (IPCTNL_MSG_CT_NEW, linux/netfilter/nfnetlink_conntrack.h); its numbers are big-endian. */
import { cleanBytes } from '../src/model/clean-text.ts';
import type { ConntrackEntry, ConntrackTuple } from '../src/model/conntrack.ts';
import type { Counters } from '../src/model/firewall.ts';
import { PROTOCOLS, SCTP_STATES, STATUS_BITS, TCP_STATES } from './conntrack-names.ts';
import { bytesOf, eachAttribute, stringBytes } from './netlink/attributes.ts';
import type { Payload } from './netlink/message.ts';
import { addressText, familyOf, flagNames } from './netlink/rtnetlink.ts';

/** struct nfgenmsg */
const NFGENMSG_BYTES = 4;
const CTA = {
  original: 1,
  reply: 2,
  status: 3,
  protoInfo: 4,
  help: 5,
  timeout: 7,
  mark: 8,
  countersOriginal: 9,
  countersReply: 10,
  id: 12,
  zone: 18,
} as const;
const CTA_TUPLE = { ip: 1, proto: 2, zone: 3 } as const;
/** The IPv4 and the IPv6 attribute of each. */
const CTA_IP_SOURCE: ReadonlySet<number> = new Set([1, 3]);
const CTA_IP_DESTINATION: ReadonlySet<number> = new Set([2, 4]);
const CTA_PROTO = { number: 1, sourcePort: 2, destinationPort: 3 } as const;
/** The ICMP and the ICMPv6 attribute of each field. */
const CTA_PROTO_ICMP: Readonly<Record<number, 'id' | 'type' | 'code'>> = {
  4: 'id',
  5: 'type',
  6: 'code',
  7: 'id',
  8: 'type',
  9: 'code',
};
const CTA_PROTOINFO_STATES: Readonly<Record<number, readonly string[]>> = { 1: TCP_STATES, 3: SCTP_STATES };
/** CTA_PROTOINFO_TCP_STATE, CTA_PROTOINFO_SCTP_STATE: the same number. */
const CTA_PROTOINFO_STATE = 1;
const CTA_HELP_NAME = 1;
const CTA_COUNTERS = { packets: 1, bytes: 2 } as const;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type ParsedTuple = { readonly tuple: ConntrackTuple; readonly protocol: number };

/** undefined for a family that netpeek does not read, and for an answer without both tuples. */
export function parseEntry({ view, start, end }: Payload): ConntrackEntry | undefined {
  const family = familyOf(view.getUint8(start));
  if (!family) return undefined;
  let original: ParsedTuple | undefined;
  let reply: ParsedTuple | undefined;
  let sent: Counters | undefined;
  let answered: Counters | undefined;
  const entry: Pick<Mutable<ConntrackEntry>, 'id' | 'status' | 'zone' | 'mark'> &
    Partial<Mutable<ConntrackEntry>> = { id: 0, status: [], zone: 0, mark: 0 };
  eachAttribute(view, start + NFGENMSG_BYTES, end, (type, at, length) => {
    if (type === CTA.original) original = parseTuple(view, at, length);
    else if (type === CTA.reply) reply = parseTuple(view, at, length);
    else if (type === CTA.status) entry.status = flagNames(view.getUint32(at), STATUS_BITS);
    else if (type === CTA.timeout) entry.timeoutS = view.getUint32(at);
    else if (type === CTA.mark) entry.mark = view.getUint32(at);
    else if (type === CTA.id) entry.id = view.getUint32(at);
    else if (type === CTA.zone) entry.zone = view.getUint16(at);
    else if (type === CTA.countersOriginal) sent = parseCounters(view, at, length);
    else if (type === CTA.countersReply) answered = parseCounters(view, at, length);
    else if (type === CTA.protoInfo) Object.assign(entry, parseState(view, at, length));
    else if (type === CTA.help) Object.assign(entry, parseHelper(view, at, length));
  });
  if (!original || !reply) return undefined;
  return {
    ...entry,
    family,
    protocol: PROTOCOLS[original.protocol] ?? String(original.protocol),
    original: original.tuple,
    reply: reply.tuple,
    ...(sent && answered ? { counters: { original: sent, reply: answered } } : {}),
  };
}

function parseTuple(view: DataView, start: number, size: number): ParsedTuple {
  const tuple: Mutable<ConntrackTuple> = { source: '', destination: '' };
  const icmp = { type: 0, code: 0, id: 0 };
  let protocol = 0;
  const onProto = (type: number, at: number) => {
    const field = CTA_PROTO_ICMP[type];
    if (type === CTA_PROTO.number) protocol = view.getUint8(at);
    else if (type === CTA_PROTO.sourcePort) tuple.sourcePort = view.getUint16(at);
    else if (type === CTA_PROTO.destinationPort) tuple.destinationPort = view.getUint16(at);
    else if (field !== undefined) {
      icmp[field] = field === 'id' ? view.getUint16(at) : view.getUint8(at);
      tuple.icmp = icmp;
    }
  };
  eachAttribute(view, start, start + size, (type, at, length) => {
    if (type === CTA_TUPLE.zone) tuple.zone = view.getUint16(at);
    else if (type === CTA_TUPLE.proto) eachAttribute(view, at, at + length, onProto);
    else if (type === CTA_TUPLE.ip)
      eachAttribute(view, at, at + length, (which, from, bytes) => {
        const address = addressText(bytesOf(view, from, bytes));
        if (CTA_IP_SOURCE.has(which)) tuple.source = address;
        else if (CTA_IP_DESTINATION.has(which)) tuple.destination = address;
      });
  });
  return { tuple, protocol };
}

function parseCounters(view: DataView, start: number, size: number): Counters {
  const counters = { packets: 0, bytes: 0 };
  eachAttribute(view, start, start + size, (type, at) => {
    if (type === CTA_COUNTERS.packets) counters.packets = Number(view.getBigUint64(at));
    else if (type === CTA_COUNTERS.bytes) counters.bytes = Number(view.getBigUint64(at));
  });
  return counters;
}

function parseState(view: DataView, start: number, size: number): { readonly state?: string } {
  let state: string | undefined;
  eachAttribute(view, start, start + size, (protocol, at, length) => {
    const names = CTA_PROTOINFO_STATES[protocol];
    if (!names) return;
    eachAttribute(view, at, at + length, (type, value) => {
      if (type === CTA_PROTOINFO_STATE) state = names[view.getUint8(value)] ?? String(view.getUint8(value));
    });
  });
  return state === undefined ? {} : { state };
}

function parseHelper(view: DataView, start: number, size: number): { readonly helper?: string } {
  let helper: string | undefined;
  eachAttribute(view, start, start + size, (type, at, length) => {
    if (type === CTA_HELP_NAME) helper = cleanBytes(stringBytes(view, at, length));
  });
  return helper === undefined ? {} : { helper };
}
