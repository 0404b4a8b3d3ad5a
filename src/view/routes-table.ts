/** Routes as a table: the default routes first, what the kernel adds by itself last. */
import type { Namespace } from '../model/namespace.ts';
import type { NextHop, Route } from '../model/route.ts';
import { findLink, type Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import { findOwner, formatOwner } from './owners.ts';
import type { Row, TableView, Tone } from './table.ts';

export type RoutesFormat = {
  /** Also what the kernel itself adds for its own addresses, broadcasts and multicast. */
  readonly local?: boolean;
};

export function routesTable(
  snapshot: Snapshot,
  namespace: Namespace,
  { local = true }: RoutesFormat = {},
): TableView {
  const routes = sortRoutes((namespace.routes ?? []).filter((route) => local || !isKernels(route)));
  return {
    columns: [
      { title: 'destination', shrink: 15 },
      { title: 'via', shrink: 11 },
      { title: 'link', shrink: 6, cut: 'middle' },
      { title: 'owner', shrink: 8, cut: 'middle', drop: 5, optional: true },
      { title: 'source', shrink: 11, drop: 4, optional: true },
      { title: 'type', drop: 3 },
      { title: 'table', drop: 2 },
      { title: 'protocol', drop: 6 },
      { title: 'metric', align: 'right', drop: 7, optional: true },
      { title: 'scope', drop: 8 },
    ],
    rows: routes.flatMap((route) => routeRows(snapshot, namespace, route)),
    empty:
      namespace.routes === undefined
        ? formatNotRead(snapshot, namespace.id, 'routes')
        : 'no routes: nothing can leave this namespace',
  };
}

/** The key of a route's first row; keys stay the same from one reading to the next. */
function routeKey(route: Route): string {
  const { family, table, type, destination, metric, nextHops } = route;
  return [family, table, type, destination, metric ?? '', nextHops[0]?.ifindex ?? ''].join(' ');
}

function routeRows(snapshot: Snapshot, namespace: Namespace, route: Route): readonly Row[] {
  const hops: readonly (NextHop | undefined)[] = route.nextHops.length === 0 ? [undefined] : route.nextHops;
  return hops.map((hop, index) => {
    const owner = hop?.gateway === undefined ? undefined : findOwner(snapshot, hop.gateway);
    return {
      key: index === 0 ? routeKey(route) : `${routeKey(route)} ${index}`,
      cells: [
        index === 0 ? route.destination : '',
        formatVia(hop),
        formatOutLink(namespace, hop),
        formatOwner(owner),
        route.source ?? '',
        route.type,
        route.table,
        route.protocol,
        route.metric === undefined ? '' : String(route.metric),
        route.scope,
      ],
      tone: routeTone(route, hop),
    };
  });
}

function formatVia(hop: NextHop | undefined): string {
  const flags = (hop?.flags ?? []).filter((flag) => flag === 'linkdown' || flag === 'dead');
  const weight = hop?.weight === undefined || hop.weight === 1 ? [] : [`weight ${hop.weight}`];
  return [hop?.gateway ?? '', ...weight, ...flags].join(' ').trim();
}

function formatOutLink(namespace: Namespace, hop: NextHop | undefined): string {
  if (hop?.ifindex === undefined) return '';
  return findLink(namespace, hop.ifindex)?.name ?? `if${hop.ifindex}`;
}

function routeTone(route: Route, hop: NextHop | undefined): Tone {
  if (hop?.flags.some((flag) => flag === 'linkdown' || flag === 'dead')) return 'bad';
  if (['blackhole', 'unreachable', 'prohibit'].includes(route.type)) return 'warn';
  if (isKernels(route)) return 'dim';
  return route.destination === 'default' ? 'accent' : 'normal';
}

function sortRoutes(routes: readonly Route[]): readonly Route[] {
  return [...routes].sort((a, b) => rank(a) - rank(b));
}

/** Default routes, the other ways out of the main table, tables of one's own, and last what the kernel adds by itself. */
function rank(route: Route): number {
  const isSecond = route.family === 'ipv4' ? 0 : 1;
  if (isKernels(route)) return 60 + (route.type === 'multicast' ? 2 : 0) + isSecond;
  const byTable = route.table === 'main' ? 0 : 30;
  if (route.destination === 'default') return byTable + isSecond;
  return byTable + (route.destination === LINK_LOCAL ? 20 : 10) + isSecond;
}

/** Every IPv6 link has this one. */
const LINK_LOCAL = 'fe80::/64';

/** The local table, and multicast wherever it stands: nobody wrote these routes. */
function isKernels(route: Route): boolean {
  return route.table === 'local' || route.type === 'multicast';
}
