/** Traffic control as a table: each link's qdiscs, then what looks at its packets, in the order it runs: XDP, tcx, filters. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import type { Qdisc, TcAction, TcFilter, TcxProgram } from '../model/traffic-control.ts';
import { formatCount } from './format.ts';
import { formatNotRead } from './gaps.ts';
import { formatXdpPrograms } from './link-facts.ts';
import type { Row, TableView } from './table.ts';

export function trafficControlTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const { qdiscs = [], filters = [], tcx = [] } = namespace.trafficControl ?? {};
  const links = namespace.trafficControl === undefined ? [] : (namespace.links ?? []);
  const withXdp = links.filter(({ xdp }) => xdp !== undefined);
  const linkName = (ifindex: number) => findLink(namespace, ifindex)?.name ?? `if${ifindex}`;
  const ifindexes = [...new Set([...qdiscs, ...withXdp, ...tcx, ...filters].map(({ ifindex }) => ifindex))];
  return {
    columns: [
      { title: 'link', shrink: 8, cut: 'middle' },
      { title: 'what' },
      { title: 'kind', shrink: 6 },
      { title: 'at', shrink: 6 },
      { title: 'handle', drop: 3 },
      { title: 'does', shrink: 16, optional: true },
      { title: 'drops', align: 'right', drop: 1, optional: true },
      { title: 'backlog', align: 'right', drop: 2, optional: true },
    ],
    rows: ifindexes.flatMap((ifindex) => [
      ...qdiscs.filter((each) => each.ifindex === ifindex).map((each) => qdiscRow(each, linkName(ifindex))),
      ...withXdp.filter((each) => each.ifindex === ifindex).flatMap(xdpRow),
      ...tcx
        .filter((each) => each.ifindex === ifindex)
        .map((each, index) => tcxRow(each, linkName(ifindex), index)),
      ...filters
        .filter((each) => each.ifindex === ifindex)
        .map((each, index) => filterRow(each, linkName(ifindex), linkName, index)),
    ]),
    empty:
      namespace.trafficControl === undefined
        ? formatNotRead(snapshot, namespace.id, 'trafficControl')
        : 'no traffic control',
  };
}

function qdiscRow(qdisc: Qdisc, link: string): Row {
  const { ifindex, kind, handle, parent, stats } = qdisc;
  return {
    key: `${ifindex} qdisc ${parent} ${handle}`,
    cells: [
      link,
      'qdisc',
      kind,
      parent,
      handle,
      '',
      stats && stats.drops > 0 ? formatCount(stats.drops) : '',
      stats && stats.queueLength > 0 ? `${formatCount(stats.queueLength)} packets` : '',
    ],
    tone: kind === 'noqueue' ? 'dim' : stats && stats.drops > 0 ? 'warn' : 'normal',
  };
}

function xdpRow({ ifindex, name, xdp }: Link): readonly Row[] {
  if (xdp === undefined) return [];
  const cells = [name, 'program', 'xdp', xdp.mode, '', formatXdpPrograms(xdp), '', ''];
  return [{ key: `${ifindex} xdp`, cells, tone: 'normal' }];
}

function tcxRow({ ifindex, attachedTo, id, name }: TcxProgram, link: string, index: number): Row {
  const does = name === undefined ? `id ${id}` : `${name} id ${id}`;
  return {
    key: `${ifindex} tcx ${attachedTo} ${id} ${index}`,
    cells: [link, 'program', 'tcx', attachedTo, '', does, '', ''],
    tone: 'normal',
  };
}

function filterRow(
  filter: TcFilter,
  link: string,
  linkName: (ifindex: number) => string,
  index: number,
): Row {
  const { ifindex, attachedTo, parent, kind, priority, protocol, handle } = filter;
  return {
    key: `${ifindex} filter ${attachedTo} ${parent} ${priority} ${handle} ${index}`,
    cells: [
      link,
      'filter',
      kind,
      attachedTo === 'parent' ? parent : attachedTo,
      `${priority} ${protocol} ${handle}`,
      formatFilter(filter, linkName),
      '',
      '',
    ],
    tone: filter.actions.some(({ outcome }) => outcome === 'drop') ? 'warn' : 'normal',
  };
}

/** `prog.o:[main] id 7 name main direct-action`, `0a000001/ffffffff at 16 → 1:10`, `mirred egress redirect to eth1`. */
function formatFilter(
  { kind, bpf, matches, classId, actions, chain }: TcFilter,
  linkName: (ifindex: number) => string,
): string {
  const parts = [
    chain === 0 ? '' : `chain ${chain}`,
    bpf?.name ?? '',
    bpf?.id === undefined ? '' : `id ${bpf.id}`,
    bpf?.programName === undefined ? '' : `name ${bpf.programName}`,
    bpf?.directAction ? 'direct-action' : '',
    matches?.join(', ') ?? (kind === 'u32' ? 'hash table' : ''),
    classId === undefined ? '' : `→ ${classId}`,
    ...actions.map((action) => formatAction(action, linkName)),
  ];
  return parts.filter(Boolean).join(' ');
}

function formatAction({ kind, outcome, towards }: TcAction, linkName: (ifindex: number) => string): string {
  if (towards !== undefined) return `${kind} ${towards.how} to ${linkName(towards.ifindex)}`;
  return outcome === undefined ? kind : `${kind} ${outcome}`;
}
