/**
 * Qdiscs of all links, the filters on them (RTM_GETQDISC, RTM_GETTCLASS, RTM_GETTFILTER; linux/pkt_sched.h, tc(8)), and
 * the BPF programs that hang on a link without a qdisc.
 */
import type { Gap } from '../src/model/gap.ts';
import type { Qdisc, TcFilter, TrafficControl } from '../src/model/traffic-control.ts';
import type { NamespaceHandle } from '../src/system/system.ts';
import { type AskProgram, unnamedPrograms } from './bpf/ask.ts';
import { attribute32 } from './netlink/attributes.ts';
import { RTM } from './netlink/rtnetlink.ts';
import type { Rtnetlink } from './netlink/socket.ts';
import { parseFilter } from './tc/filter.ts';
import { parseHandle, parseQdisc, TC_H, tcMessage } from './tc/qdisc.ts';
import { readTcx } from './tc/tcx.ts';

/** What filters can hang on, and what netpeek calls it. */
type Hook = Pick<TcFilter, 'ifindex' | 'attachedTo'> & { readonly parent: number };

/** Qdiscs that neither have classes nor take filters, and are on nearly every link: not worth a question each. */
const WITHOUT_FILTERS: ReadonlySet<string> = new Set(['noqueue', 'mq', 'pfifo_fast', 'pfifo', 'bfifo', 'fq']);
/** Qdiscs whose classes take filters of their own. */
const FILTERED_CLASSES: ReadonlySet<string> = new Set(['htb', 'hfsc', 'cbq']);
/** Classes of one link that are asked for their filters, one question each; a shaper of many users has thousands. */
const CLASSES_ASKED = 512;

/** Links that are asked for programs of their own, two quick questions each. */
const LINKS_ASKED = 5_000;
/** struct ifinfomsg, and of a dump the flag that leaves out counters. */
const IFINFO_BYTES = 16;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;

/** All of the namespace. Throws what the conversation throws. */
export function readTrafficControl(
  rtnetlink: Rtnetlink,
  namespace: Pick<NamespaceHandle, 'inside' | 'attachedPrograms'>,
  ask: AskProgram,
): { readonly trafficControl: TrafficControl; readonly gaps: readonly Gap[] } {
  const qdiscs = rtnetlink.dump({ type: RTM.getQdisc, header: tcMessage(0, 0) }).map(parseQdisc);
  const gaps: Gap[] = [];
  const hooks = qdiscs.flatMap(hooksOf);
  for (const ifindex of new Set(qdiscs.filter(hasFilteredClasses).map((qdisc) => qdisc.ifindex))) {
    const classes = readClasses(rtnetlink, ifindex);
    if (classes.length > CLASSES_ASKED) gaps.push(tooManyClasses(ifindex, classes.length));
    for (const parent of classes.slice(0, CLASSES_ASKED))
      hooks.push({ ifindex, attachedTo: 'parent', parent });
  }
  const filters = hooks.flatMap((hook) => readFilters(rtnetlink, hook));
  const { ifindexes, gaps: cut } = readIfindexes(rtnetlink);
  const { gaps: unread, ...attached } = readTcx(namespace, ifindexes, ask);
  const ids = [...filters.map(({ bpf }) => bpf?.id), ...(attached.tcx ?? []).map(({ id }) => id)];
  const unnamed = unnamedPrograms(
    ids.filter((id) => id !== undefined),
    ask,
  );
  return {
    trafficControl: { qdiscs, filters: filters.map((filter) => withProgramName(filter, ask)), ...attached },
    gaps: [...gaps, ...cut, ...unread, ...unnamed],
  };
}

/** A link that was never up has no qdisc yet, and may have programs. */
function readIfindexes(rtnetlink: Rtnetlink): {
  readonly ifindexes: readonly number[];
  readonly gaps: readonly Gap[];
} {
  const header = new Uint8Array(IFINFO_BYTES);
  const attributes = [attribute32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)];
  const request = { type: RTM.getLink, header, attributes };
  const { payloads, total, interrupted } = rtnetlink.dumpFirst(request, LINKS_ASKED);
  const reasons = [
    ...(total > payloads.length ? [`of the first ${payloads.length} of ${total} links`] : []),
    ...(interrupted ? ['of the links that were seen: they changed during each reading'] : []),
  ];
  return {
    ifindexes: payloads.map(({ view, start }) => view.getInt32(start + 4, true)),
    gaps: reasons.map((reason) => ({
      probe: 'trafficControl',
      reason: `showing programs attached without tc (tcx) ${reason}`,
    })),
  };
}

/** tc(8) names a program by its file and section; the kernel knows what it calls itself. */
function withProgramName(filter: TcFilter, ask: AskProgram): TcFilter {
  const { bpf } = filter;
  const name = bpf?.id === undefined ? undefined : ask(bpf.id).program?.name;
  return bpf === undefined || name === undefined ? filter : { ...filter, bpf: { ...bpf, programName: name } };
}

/** clsact has a hook each way, ingress has one, and a qdisc with a handle of its own may sort by filters. */
function hooksOf({ ifindex, kind, handle }: Qdisc): readonly Hook[] {
  const incoming: Hook = { ifindex, attachedTo: 'ingress', parent: TC_H.ingressHook };
  if (kind === 'ingress') return [incoming];
  if (kind === 'clsact') return [incoming, { ifindex, attachedTo: 'egress', parent: TC_H.egressHook }];
  if (handle === '0:' || WITHOUT_FILTERS.has(kind)) return [];
  return [{ ifindex, attachedTo: 'parent', parent: parseHandle(handle) }];
}

function hasFilteredClasses({ kind }: Qdisc): boolean {
  return FILTERED_CLASSES.has(kind);
}

/** The handles of a link's classes; RTM_NEWTCLASS begins as all of them do, with struct tcmsg. */
function readClasses(rtnetlink: Rtnetlink, ifindex: number): readonly number[] {
  return rtnetlink
    .dump({ type: RTM.getClass, header: tcMessage(ifindex, 0) })
    .map(({ view, start }) => view.getUint32(start + 8, true));
}

function readFilters(rtnetlink: Rtnetlink, { ifindex, attachedTo, parent }: Hook): readonly TcFilter[] {
  return rtnetlink.dump({ type: RTM.getFilter, header: tcMessage(ifindex, parent) }).flatMap((payload) => {
    // Filters of a block that several links share do not say whose they are; the question does.
    const filter = parseFilter(payload);
    return filter ? { ...filter, ifindex, attachedTo } : [];
  });
}

function tooManyClasses(ifindex: number, count: number): Gap {
  return {
    probe: 'trafficControl',
    reason: `link ${ifindex} has ${count} classes; the filters of the first ${CLASSES_ASKED} were read`,
  };
}
