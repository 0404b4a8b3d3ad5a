/** The kernel's account of the rules that the probe and its answer meet in one namespace, for as long as the proof takes. */

import { attribute } from '../../../probes/netlink/attributes.ts';
import { dumpNft, NFT } from '../../../probes/nft/ask.ts';
import { parseTrace, type TraceEvent } from '../../../probes/nft/trace.ts';
import { makeTraceTable, type TraceMatch, type TraceTable } from '../../../probes/nft/trace-table.ts';
import { cleanBytes } from '../../model/clean-text.ts';
import type { Namespace } from '../../model/namespace.ts';
import { type NamespaceHandle, SystemError, type WireSocket } from '../../system/system.ts';
import { type Mark, next32, protocolOf } from './mark.ts';
import type { TracedRule } from './proof.ts';
import { type ReadPacket, readPacket } from './read-packet.ts';

/** NFTA_RULE_* */
const RULE = { table: 1, chain: 2, handle: 3 } as const;
/** Account of some hundred rules; what is more is read the next time. */
const MOST_AT_ONCE = 1_024;

export type RuleTraces = {
  readonly socket: WireSocket;
  /** What was met since. */
  readonly read: () => readonly TracedRule[];
  readonly close: () => void;
};

/** Whether there are rules of nf_tables to be met, and in the bridge family as well. */
export function tracedFamilies({ rulesets = [], nftables = [] }: Namespace): readonly ('inet' | 'bridge')[] {
  const hasRules =
    rulesets.some(({ flavour, tables }) => flavour === 'nft' && tables.length > 0) || nftables.length > 0;
  if (!hasRules) return [];
  return nftables.some(({ family }) => family === 'bridge') ? ['inet', 'bridge'] : ['inet'];
}

/** Begins to trace. Throws `SystemError`, and leaves nothing then. */
export function traceRules(
  namespace: Namespace,
  handle: NamespaceHandle,
  { mark, pid }: { readonly mark: Mark; readonly pid: number },
): RuleTraces {
  const own = `netpeek-trace-${pid}`;
  const tables: TraceTable[] = [];
  const socket = handle.openWire({ kind: 'nft-trace' });
  const close = () => {
    socket.close();
    for (const table of tables) table.remove();
  };
  try {
    for (const family of tracedFamilies(namespace))
      tables.push(makeTraceTable(handle, family, own, matchesOf(mark)));
  } catch (error) {
    close();
    throw error;
  }
  const packets: Packets = new Map();
  return { socket, close, read: () => readAll(namespace, handle, socket, { own, mark, packets }) };
}

/**
 * What the packets of these trace ids are. Somebody else may be tracing here, and between hooks of a bridge the id changes:
 * each chain begins with the packet's own headers, by which ours are known.
 */
type Packets = Map<number, ReadPacket['what']>;

/** What stays the same under translation, and the port where it does. */
function matchesOf(mark: Mark): readonly TraceMatch[] {
  const protocol = protocolOf(mark);
  const port = bytesOf(2, mark.port);
  const token = bytesOf(4, mark.token);
  const at = (offset: number, value: Uint8Array): TraceMatch => ({ protocol, offset, value });
  if (mark.proto === 'icmp') return [at(4, port), at(8, token)];
  const ports = [at(0, port), at(2, port)];
  return mark.proto === 'udp'
    ? [...ports, at(8, token)]
    : [...ports, at(4, token), at(8, bytesOf(4, next32(mark.token)))];
}

function readAll(
  namespace: Namespace,
  handle: NamespaceHandle,
  socket: WireSocket,
  { own, mark, packets }: { readonly own: string; readonly mark: Mark; readonly packets: Packets },
): readonly TracedRule[] {
  const found: TracedRule[] = [];
  for (const event of events(socket)) {
    learn(packets, event, mark);
    const what = packets.get(event.id);
    if (what === undefined || event.table === own) continue;
    if (event.kind !== 'rule' && event.kind !== 'policy') continue;
    const { family, table, chain, handle: number, kind } = event;
    found.push({
      namespace: namespace.name,
      what,
      family,
      table,
      chain,
      kind,
      verdict: (kind === 'policy' ? event.policy : event.verdict?.kind) ?? 'unknown',
      ...(number === undefined ? {} : { handle: number }),
    });
  }
  return found.map((rule) => (rule.verdict === 'drop' ? numbered(handle, rule) : rule));
}

function learn(packets: Packets, { id, networkHeader, transportHeader }: TraceEvent, mark: Mark): void {
  if (!networkHeader || !transportHeader) return;
  const packet = readPacket(Uint8Array.of(...networkHeader, ...transportHeader), mark);
  if (packet) packets.set(id, packet.what);
  else packets.delete(id);
}

function* events(socket: WireSocket): Iterable<TraceEvent> {
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    try {
      const datagram = socket.receive();
      if (!datagram) return;
      yield* parseTrace(datagram.bytes);
    } catch (error) {
      // ENOBUFS: some were lost; what is left is still true.
      if (!(error instanceof SystemError)) throw error;
    }
  }
}

/** iptables counts its rules and knows no handles: the number is the rule's place among those of its chain. */
function numbered(handle: NamespaceHandle, rule: TracedRule): TracedRule {
  if (rule.handle === undefined || (rule.family !== 'ip' && rule.family !== 'ip6')) return rule;
  const text = (type: number, value: string) => attribute(type, new TextEncoder().encode(`${value}\0`));
  try {
    const attributes = [text(RULE.table, rule.table), text(RULE.chain, rule.chain)];
    const rules = dumpNft(handle, NFT.getRule, { family: rule.family, attributes }).filter(
      ({ fields }) => cleanBytes(fields.string(RULE.chain) ?? new Uint8Array()) === rule.chain,
    );
    const index = rules.findIndex(({ fields }) => fields.u64be(RULE.handle) === rule.handle);
    return index < 0 ? rule : { ...rule, number: index + 1 };
  } catch {
    // Changed meanwhile: the rule keeps its handle alone.
    return rule;
  }
}

function bytesOf(length: 2 | 4, value: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  if (length === 2) view.setUint16(0, value);
  else view.setUint32(0, value);
  return bytes;
}
